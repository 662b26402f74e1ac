import type { RequestContext } from '../context.js';
import type { LiveSource } from '../live.js';
import { createHub, type Subscription } from './hub.js';
import type { LiveFrame, LiveView } from './live-view.js';

/** The frames of a view for one reader alone, who shares them with nobody; it begins when the first one is asked for. */
export function framesAlone(
  context: RequestContext,
  view: LiveView,
  after: number | undefined,
): LiveSource<LiveFrame> {
  const queue: LiveFrame[] = [];
  let outcome: { readonly error?: unknown } | undefined;
  let wake = (): void => undefined;
  let whenClear = (): void => undefined;
  let stop: (() => void) | undefined;

  function start(): () => void {
    const subscription: Subscription<LiveFrame> = {
      key: '',
      view,
      render: (frame) => frame,
      createContext: () => context,
      sink: {
        isClear: () => queue.length === 0,
        whenClear: (listener) => {
          whenClear = listener;
        },
        send: (frame) => {
          queue.push(frame);
          wake();
        },
      },
      onEnd: (error) => {
        outcome ??= { error };
        wake();
      },
    };
    return createHub<LiveFrame>(() => 1).subscribe(subscription, { after, context });
  }

  async function next(): Promise<IteratorResult<LiveFrame>> {
    if (outcome === undefined) stop ??= start();
    while (queue.length === 0 && outcome === undefined)
      await new Promise<void>((resolve) => (wake = resolve));
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- whatever the view failed with
    if (outcome?.error !== undefined) throw outcome.error;
    const value = outcome === undefined ? queue.shift() : undefined;
    if (value === undefined) return { done: true, value };
    if (queue.length === 0) whenClear();
    return { done: false, value };
  }

  return {
    next,
    return: () => {
      outcome ??= {};
      stop?.();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
