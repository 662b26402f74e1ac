import { isDeepStrictEqual } from 'node:util';
import { mayBe, type Node } from './json-schema.js';

/** One keyword that limits simple data: whom it concerns, and whether the older schema already implies the limit. */
interface Bound {
  readonly types: readonly string[];
  readonly implied: (before: Node, limit: number) => boolean;
}

const NUMBERS = ['number', 'integer'];

const BOUNDS: ReadonlyMap<string, Bound> = new Map([
  ['minimum', { types: NUMBERS, implied: (before, limit) => lowest(before) >= limit }],
  ['maximum', { types: NUMBERS, implied: (before, limit) => highest(before) <= limit }],
  [
    'exclusiveMinimum',
    {
      types: NUMBERS,
      implied: (before, limit) =>
        lowest(before) > limit || numberAt(before, 'exclusiveMinimum', -Infinity) >= limit,
    },
  ],
  [
    'exclusiveMaximum',
    {
      types: NUMBERS,
      implied: (before, limit) =>
        highest(before) < limit || numberAt(before, 'exclusiveMaximum', Infinity) <= limit,
    },
  ],
  ['multipleOf', { types: NUMBERS, implied: isMultiple }],
  ...sizes('string', 'minLength', 'maxLength'),
  ...sizes('array', 'minItems', 'maxItems'),
  ...sizes('object', 'minProperties', 'maxProperties'),
]);

/** Keywords that must be as they were, and the types that they concern. */
const EXACT: ReadonlyMap<string, readonly string[]> = new Map([
  ['pattern', ['string']],
  ['format', ['string', ...NUMBERS]],
  ['contentEncoding', ['string']],
  ['contentMediaType', ['string']],
  ['uniqueItems', ['array']],
]);

/** Every keyword that `newLimits` knows. */
export const LIMITS: ReadonlySet<string> = new Set([...BOUNDS.keys(), ...EXACT.keys()]);

/** What is limited more narrowly than before, one sentence for each keyword. */
export function newLimits(before: Node, now: Node): readonly string[] {
  return Object.entries(now)
    .filter(([keyword, limit]) => LIMITS.has(keyword) && !isImplied(keyword, limit, before))
    .map(([keyword, limit]) => `has a new or narrower ${keyword}: ${JSON.stringify(limit)}`);
}

function isImplied(keyword: string, limit: unknown, before: Node): boolean {
  const bound = BOUNDS.get(keyword);
  const types = bound?.types ?? EXACT.get(keyword) ?? [];
  if (isDeepStrictEqual(before[keyword], limit) || !mayBe(before, ...types)) return true;
  // Older drafts write some bounds as booleans, which say something else.
  return bound === undefined ? limit === false : typeof limit === 'number' && bound.implied(before, limit);
}

function numberAt(node: Node, keyword: string, otherwise: number): number {
  const value = node[keyword];
  return typeof value === 'number' ? value : otherwise;
}

function lowest(before: Node): number {
  return Math.max(
    ...['const', 'minimum', 'exclusiveMinimum'].map((keyword) => numberAt(before, keyword, -Infinity)),
  );
}

function highest(before: Node): number {
  return Math.min(
    ...['const', 'maximum', 'exclusiveMaximum'].map((keyword) => numberAt(before, keyword, Infinity)),
  );
}

function isMultiple(before: Node, limit: number): boolean {
  const step = numberAt(before, 'const', numberAt(before, 'multipleOf', mayBe(before, 'number') ? NaN : 1));
  // Fractions do not divide exactly in binary.
  return Number.isInteger(limit) && Number.isInteger(step) && step % limit === 0;
}

function sizes(type: string, least: string, most: string): readonly (readonly [string, Bound])[] {
  return [
    [least, { types: [type], implied: (before, limit) => sizeAt(before, least, 0, 'least') >= limit }],
    [most, { types: [type], implied: (before, limit) => sizeAt(before, most, Infinity, 'most') <= limit }],
  ];
}

/** A text's length counts code points in JSON Schema and code units in some libraries: the safe one of the two. */
function sizeAt(before: Node, keyword: string, otherwise: number, bound: 'least' | 'most'): number {
  const value = before['const'];
  if (typeof value === 'string') return bound === 'least' ? [...value].length : value.length;
  return numberAt(before, keyword, otherwise);
}
