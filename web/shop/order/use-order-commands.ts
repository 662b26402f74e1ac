import { useCallback, useRef, useState } from 'react';
import { latestOf, type Position } from 'tidemark/client';
import { useSend, type CommandDocument, type Outcome } from '../commands/index.js';
import type { WholeOrderFragment } from '../generated/graphql.js';
import { expected, lastWritten, outstanding, type Expect, type Pending } from './pending.js';
import { useOrder, type KnownOrder } from './use-order.js';

/** Sends a command about the order, and shows what it will look like at once. */
export type Command = <Input extends object>(
  document: CommandDocument<Input>,
  input: Input,
  expect: Expect,
) => Promise<Outcome>;

/** An order with what the visitor has done to it. */
export interface OrderWithCommands extends Omit<KnownOrder, 'order'> {
  /** With what was done to it already, before the view shows it. */
  readonly order: WholeOrderFragment | null | undefined;
  /** What the visitor has seen of it, for `ifUnchangedSince`: the view, and their own commands. */
  readonly since: Position | undefined;
  readonly outstanding: readonly Pending[];
  readonly reload: () => void;
  readonly command: Command;
}

/** An order that is kept current, and commands about it. */
export function useOrderCommands(id: string): OrderWithCommands {
  const [pending, setPending] = useState<readonly Pending[]>([]);
  const written = lastWritten(pending);
  const known = useOrder(id, written);
  const keys = useRef(0);
  const send = useSend();
  const left = outstanding(pending, known.seen);

  const command: Command = useCallback(
    async (document, input, expect) => {
      const key = (keys.current += 1);
      setPending((others) => [...others, { key, expect, position: null }]);
      const outcome = await send(document, input);
      setPending((all) =>
        all.flatMap((one) => {
          if (one.key !== key) return [one];
          return outcome.status === 'accepted' ? [{ ...one, position: outcome.position }] : [];
        }),
      );
      return outcome;
    },
    [send],
  );

  return {
    ...known,
    order: known.order && expected(known.order, left),
    since: latestOf(known.order?.position, written ?? undefined),
    outstanding: left,
    command,
  };
}
