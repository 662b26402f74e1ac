import { useHashLocation } from 'wouter/use-hash-location';

/** The pages of the console. */
export type PageName =
  'overview' | 'nodes' | 'projections' | 'parked' | 'events' | 'causation' | 'operations';

const PAGES: readonly string[] = [
  'overview',
  'nodes',
  'projections',
  'parked',
  'events',
  'causation',
  'operations',
];

/** Where the visitor is: a page, what of it, and how it is narrowed. */
export interface Route {
  readonly page: PageName;
  /** What comes after the page's name; empty where nothing does. */
  readonly rest: string;
  readonly query: URLSearchParams;
}

/** The route that a fragment stands for; the overview where it stands for none. */
export function routeOf(location: string): Route {
  const [path = '', query = ''] = location.replace(/^#?\/?/, '').split('?');
  const [page = '', ...rest] = path.split('/').map(decodeURIComponent);
  return {
    // It is one of them.
    page: PAGES.includes(page) ? (page as PageName) : 'overview',
    rest: rest.join('/'),
    query: new URLSearchParams(query),
  };
}

/** The link to a page, to something of it, narrowed by what is not empty. */
export function hrefOf(page: PageName, rest = '', query: Readonly<Record<string, string>> = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== '');
  const search = new URLSearchParams(given).toString();
  // A tag's colon is readable in a fragment.
  const path = rest === '' ? '' : `/${encodeURIComponent(rest).replaceAll('%3A', ':')}`;
  return `#/${page}${path}${search === '' ? '' : `?${search}`}`;
}

/** Where the visitor is, kept current. */
export function useRoute(): Route {
  const [location] = useHashLocation();
  return routeOf(location);
}

/** Goes to a link of `hrefOf`. */
export function go(href: string): void {
  window.location.hash = href.slice(1);
}
