import { useSyncExternalStore } from 'react';

const KEY = 'tidemark.token';
const listeners = new Set<() => void>();

/** The visitor's token; null where none was given. It lives as long as the tab. */
export function token(): string | null {
  return sessionStorage.getItem(KEY);
}

/** Signs in with a token, or out with null. */
export function setToken(value: string | null): void {
  if (value === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, value);
  for (const listener of listeners) listener();
}

/** What a request says about who sends it. */
export function authorization(): string | undefined {
  const value = token();
  return value === null ? undefined : `Bearer ${value}`;
}

/** The token, kept current. */
export function useToken(): string | null {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, token);
}
