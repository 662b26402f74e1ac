import { useCallback, useSyncExternalStore } from 'react';

/** How to go somewhere else. */
export interface GoOptions {
  /** In place of where the visitor is, so that the way back skips it. */
  readonly replace?: boolean;
}

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener);
  addEventListener('popstate', listener);
  return () => {
    removeEventListener('hashchange', listener);
    removeEventListener('popstate', listener);
  };
}

/** All that stands in the fragment: `/orders?status=PAID`. */
function whole(): string {
  return `/${location.hash.replace(/^#?\/?/, '')}`;
}

function pathOf(place: string): string {
  return place.split('?', 1)[0] ?? '/';
}

function searchOf(place: string): string {
  return place.slice(pathOf(place).length + 1);
}

/** Goes to a place within the page, written without the `#`: `/orders?status=PAID`. */
export function go(to: string, { replace = false }: GoOptions = {}): void {
  const url = `#${to.startsWith('/') ? to : `/${to}`}`;
  if (replace) history.replaceState(history.state, '', url);
  else history.pushState(null, '', url);
  // Neither of the two tells anybody.
  dispatchEvent(new HashChangeEvent('hashchange'));
}

function useFragmentSearch(): string {
  return useSyncExternalStore(subscribe, () => searchOf(whole()));
}

/** Wouter's location hook, with path and search both in the fragment. */
export function useFragment(): [string, typeof go] {
  return [useSyncExternalStore(subscribe, () => pathOf(whole())), go];
}

useFragment.hrefs = (href: string): string => `#${href}`;
useFragment.searchHook = useFragmentSearch;

/** The search part of the fragment, and a way to change some of it; null and blank values are left out. */
export function useSearchState(): [
  URLSearchParams,
  (change: Readonly<Record<string, string | null>>, options?: GoOptions) => void,
] {
  const search = useFragmentSearch();
  const change = useCallback((values: Readonly<Record<string, string | null>>, options?: GoOptions) => {
    const next = new URLSearchParams(searchOf(whole()));
    for (const [name, value] of Object.entries(values)) {
      if (value === null || value === '') next.delete(name);
      else next.set(name, value);
    }
    const text = next.toString();
    go(`${pathOf(whole())}${text === '' ? '' : `?${text}`}`, options);
  }, []);
  return [new URLSearchParams(search), change];
}
