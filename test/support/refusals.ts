import { expect } from 'vitest';
import type { Answer, Service } from './service.js';

/** What no client may be told: stacks, files, SQL, the names of what we are made of. */
const LEAKS =
  /\n\s+at |node:internal|node_modules|\.[jt]s\b|\/(src|dist|work|tmp|home|usr|var)\/|SELECT |INSERT |UPDATE |SQLITE|sqlite|drizzle|zod|[Ss]tack|Big\.js|\[big\.js\]|undefined|\[object /;

/** Holds an answer against the contract of refusals: coded, helpful, and without a word of what is inside. */
export function expectRefusal(answer: Answer, status: number, code: string, message?: RegExp | string): void {
  const error = answer.body.errors?.[0];
  expect({ status: answer.status, code: error?.extensions.code }, answer.text).toEqual({ status, code });
  for (const each of answer.body.errors ?? []) {
    expect(each.message.length).toBeGreaterThan(10);
    expect(each.extensions.code).toMatch(/^[A-Z_]+$/);
  }
  if (message !== undefined) expect(error?.message).toMatch(message);
  expect(answer.text).not.toMatch(LEAKS);
}

/** Runs what must change nothing: the log's head is the same after it, nothing was logged, and a good query works. */
export async function changingNothing(service: Service, work: () => Promise<void>): Promise<void> {
  const head = await service.head();
  await work();
  expect(await service.head()).toBe(head);
  expect(service.logged).toEqual([]);
  const { status, body } = await service.gql('{ orders(first: 1) { totalCount } }');
  expect({ status, errors: body.errors }).toEqual({ status: 200, errors: undefined });
}
