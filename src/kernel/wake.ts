/** A wake-up that is never lost: a call between two waits makes the next wait return at once. */
export interface Wake {
  call(): void;
  /** Forgets the calls so far; whoever looks right after this sees what they were about. */
  clear(): void;
  /** Resolves at the next call, or when `timeoutMs` have passed. */
  wait(timeoutMs?: number): Promise<void>;
}

/** A wake-up that nobody has called yet. */
export function createWake(): Wake {
  let called = false;
  let release: (() => void) | undefined;
  return {
    call: () => {
      called = true;
      release?.();
    },
    clear: () => {
      called = false;
    },
    wait: async (timeoutMs) => {
      if (!called) await new Promise<void>((resolve) => wireUp(resolve, timeoutMs));
      called = false;
      release = undefined;
    },
  };

  function wireUp(resolve: () => void, timeoutMs: number | undefined): void {
    const timer = timeoutMs === undefined ? undefined : setTimeout(resolve, timeoutMs);
    release = () => {
      clearTimeout(timer);
      resolve();
    };
  }
}
