import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { unwrap, type Document } from 'tidemark/client';
import { usePort } from 'tidemark/client/react';

const CLOSE = { 'aria-label': 'Close the notice' };

/** Sends what an operator does, says what came of it, and knows whether it is still on its way. */
export interface UsedOperate {
  readonly busy: boolean;
  /** Resolves with the answer, or with undefined where it failed, which the visitor has been told. */
  readonly operate: <Data, Variables>(
    document: Document<Data, Variables>,
    variables: Variables,
    done?: (data: Data) => string,
  ) => Promise<Data | undefined>;
}

/** The hook of it. */
export function useOperate(): UsedOperate {
  const port = usePort();
  const [busy, setBusy] = useState(false);
  return {
    busy,
    operate: async (document, variables, done) => {
      setBusy(true);
      try {
        const data = unwrap(await port.execute('mutation', document, variables));
        if (done !== undefined)
          notifications.show({ message: done(data), color: 'teal', closeButtonProps: CLOSE });
        return data;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        notifications.show({
          title: 'Not done',
          message,
          color: 'red',
          autoClose: false,
          closeButtonProps: CLOSE,
        });
        return undefined;
      } finally {
        setBusy(false);
      }
    },
  };
}
