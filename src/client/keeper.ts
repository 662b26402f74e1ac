/** The part of the Web Storage API that is needed. */
export interface KeyValueStore {
  /** The text of this key; null where there is none. */
  getItem(key: string): string | null;
  /** Keeps a text; may throw where there is no room, and then nothing is kept. */
  setItem(key: string, value: string): void;
  /** Forgets it. */
  removeItem(key: string): void;
}

/** Keeps one text; does nothing where it cannot. */
export interface Keeper {
  read(): string | null;
  write(value: string | undefined): void;
}

/** Keeps under `key` in `storage`; in a page's sessionStorage when that is left out. */
export function createKeeper(key: string, storage: KeyValueStore | null | undefined): Keeper {
  const store = storage === undefined ? pageStorage() : storage;
  const name = `${key}:position`;
  return {
    read: () => attempt(() => store?.getItem(name) ?? null) ?? null,
    write: (value) => {
      attempt(() => {
        if (value === undefined) store?.removeItem(name);
        else store?.setItem(name, value);
      });
    },
  };
}

/** True in a page, where there is one user at a time; servers and workers would mix up theirs. */
export function isPage(): boolean {
  return 'document' in globalThis;
}

function pageStorage(): KeyValueStore | null {
  // Neither every program nor every set of types has it, and merely reading it may throw.
  const page = globalThis as { readonly sessionStorage?: KeyValueStore };
  return isPage() ? (attempt(() => page.sessionStorage) ?? null) : null;
}

/** Storage may be full, or forbidden by the browser's settings: then a reload starts anew. */
function attempt<Value>(work: () => Value): Value | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
