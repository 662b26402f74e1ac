import type { ClusterNode } from '../feed/index.js';
import { plural, spanOf } from '../ui/index.js';

/** How a node is, in a word. */
export interface NodeWord {
  readonly label: string;
  readonly color: string;
}

/** How it is. */
export function wordOf({ silent, silentMs, ready }: ClusterNode): NodeWord {
  if (silent) return { label: `Not heard of for ${spanOf(silentMs)}`, color: 'orange' };
  return ready ? { label: 'Ready', color: 'teal' } : { label: 'Not ready', color: 'red' };
}

/** How far behind a projection of a node is. */
export function lagOf({ lagEvents, lagMs }: ClusterNode['projections'][number]): string {
  if (lagEvents === 0) return 'up to date';
  return `${plural(lagEvents, 'event')}, ${spanOf(lagMs)} behind`;
}

/** The console of a node; undefined where its URL is none that a page may lead to. */
export function consoleOf({ url }: ClusterNode): string | undefined {
  return /^https?:\/\//.test(url) ? `${url}/console/` : undefined;
}
