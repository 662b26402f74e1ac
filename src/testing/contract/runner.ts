/** The two functions of a test runner that a contract needs: those of vitest, node:test, mocha and jest will do. */
export interface Runner {
  /** Registers a group of tests: the runner's own `describe`. */
  readonly describe: (name: string, body: () => void) => unknown;
  /** Registers a test: the runner's own `test`. */
  readonly test: (name: string, body: () => Promise<void>) => unknown;
}

/** What is to be held against a contract: its name, how to get a new and empty one, and how to let go of it. */
export interface Harness<Store, Asked extends readonly unknown[] = []> {
  /** How it is called in the names of the tests: `the memory log`. */
  readonly name: string;
  /** Called at the beginning of each test. */
  readonly open: (...asked: Asked) => Store | Promise<Store>;
  /** Called at the end of each test, however it ended. Nothing happens when left out. */
  readonly close?: (store: Store) => unknown;
}

/** One test of a contract. */
export type Check<Store> = (name: string, body: (store: Store) => Promise<void>) => void;

/** What the parts of a contract are written with. */
export interface Checks<Store> {
  readonly runner: Runner;
  readonly check: Check<Store>;
}

/** Tests that get a new store each, which is closed when they end. */
export function checksOf<Store>(harness: Harness<Store>, runner: Runner): Checks<Store> {
  return {
    runner,
    check: (name, body) => {
      runner.test(name, () => withStore(harness, [], body));
    },
  };
}

/** Opens a store, and closes it when the body has ended. */
export async function withStore<Store, Asked extends readonly unknown[]>(
  { open, close }: Harness<Store, Asked>,
  asked: Asked,
  body: (store: Store) => Promise<void>,
): Promise<void> {
  const store = await open(...asked);
  try {
    await body(store);
  } finally {
    await close?.(store);
  }
}
