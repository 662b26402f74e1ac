import { deepStrictEqual, match, rejects, strictEqual } from 'node:assert/strict';
import type { ErrorCode, TidemarkError } from '../../kernel/index.js';

/** Equal as data: a property that is undefined is as good as none, and nothing depends on prototypes. */
export function same(actual: unknown, expected: unknown): void {
  deepStrictEqual(plain(actual), plain(expected));
}

/** The properties that are named, as `same` compares them; others may be there. */
export function includes(actual: object | undefined, expected: object): void {
  const known = new Map(Object.entries(actual ?? {}));
  same(Object.fromEntries(Object.keys(expected).map((name) => [name, known.get(name)])), expected);
}

/** A TidemarkError with this code, that says this. */
export async function rejectsWith(
  promise: Promise<unknown>,
  code: ErrorCode,
  message: RegExp = /./,
): Promise<void> {
  await rejects(promise, (error) => {
    // By its code: an engine may have loaded another copy of the kernel.
    const { code: given, message: text } = error as TidemarkError;
    strictEqual(given, code);
    match(text, message);
    return true;
  });
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  const present = Object.entries(value).filter(([, property]) => property !== undefined);
  return Object.fromEntries(present.map(([name, property]) => [name, plain(property)]));
}
