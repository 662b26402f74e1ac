import type { Consistency } from 'tidemark/client';

/** How fresh an urql result says it is; undefined where it does not say. */
export function consistencyOf(
  extensions: Readonly<Record<string, unknown>> | undefined,
): Consistency | undefined {
  const told = extensions?.['consistency'];
  if (typeof told !== 'object' || told === null || !('position' in told)) return undefined;
  // The service writes all of its fields or none.
  return told as Consistency;
}
