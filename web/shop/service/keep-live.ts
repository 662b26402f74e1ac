import type { AnyVariables, Client, DocumentInput } from '@urql/core';

/** How long after a live view has ended it is opened again, in ms. */
const AGAIN_MS = 3_000;

/** A live view that is to stay open. */
export interface KeptLive<Data, Variables extends AnyVariables> {
  readonly document: DocumentInput<Data, Variables>;
  /** What to ask for now: another position than the last time. */
  readonly variables: () => Variables;
  readonly next: (data: Data) => void;
  /** It has ended with an error, and will be opened again: what is shown may be out of date. */
  readonly lost: () => void;
}

/** Keeps a live view open: one that ends with an error is opened again, until the returned function is called. */
export function keepLive<Data, Variables extends AnyVariables>(
  client: Client,
  { document, variables, next, lost }: KeptLive<Data, Variables>,
): () => void {
  let stop: () => void = () => undefined;
  let waiting: ReturnType<typeof setTimeout> | undefined;
  function open(): void {
    const subscription = client.subscription(document, variables()).subscribe(({ data, error }) => {
      if (data !== undefined) next(data);
      if (error === undefined || waiting !== undefined) return;
      lost();
      waiting = setTimeout(() => {
        waiting = undefined;
        stop();
        open();
      }, AGAIN_MS);
    });
    stop = () => {
      subscription.unsubscribe();
    };
  }
  open();
  return () => {
    clearTimeout(waiting);
    stop();
  };
}
