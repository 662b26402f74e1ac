import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { playWs, sendHttp, sendTcp, type BadInput, type Outcome } from '../support/bad-inputs.js';
import { startService, type Body, type Service } from '../support/service.js';
import { AUTH, actingAs, signedIn } from '../support/tokens.js';

const { cases } = JSON.parse(readFileSync(new URL('bad-inputs.json', import.meta.url), 'utf8')) as {
  cases: readonly BadInput[];
};

/** What no answer may have, whatever the question. */
const LEAKS =
  /\n\s+at |node:internal|node_modules|\/(src|dist|work|tmp|home|usr|var)\/|SELECT |INSERT INTO|SQLITE|sqlite|drizzle|Zod/;

function answer(service: Service, input: BadInput, authorization: string): Promise<Outcome> {
  if (input.kind === 'http') return sendHttp(service.url, input, { authorization });
  return input.kind === 'tcp' ? sendTcp(service.url, input) : playWs(service.url, input, authorization);
}

function bodyOf({ text }: Outcome): Body | undefined {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return undefined;
  }
}

function expectRight({ expect: right }: BadInput, outcome: Outcome): void {
  const { status, text, headers, frames } = outcome;
  if (right.frame !== undefined && frames.includes(right.frame)) expect(status).toBe('close');
  else
    expect([...(right.status ?? []), ...(right.close ?? []), ...(right.handshake ?? [])], text).toContain(
      status,
    );
  expect(text).not.toMatch(LEAKS);
  for (const pattern of right.not ?? []) expect(text).not.toMatch(new RegExp(pattern));
  for (const header of Object.keys(right.headersNot ?? {})) expect(headers).not.toHaveProperty(header);
  const body = bodyOf(outcome);
  const code = body?.errors?.[0]?.extensions.code;
  expect(code).not.toBe('INTERNAL');
  expect(code).not.toBe('UNAUTHENTICATED');
  if (right.code !== undefined && code !== undefined) expect(right.code, text).toContain(code);
  if (right.mustError === true) {
    const refusals = Object.values((body?.data ?? {}) as Record<string, { userErrors?: unknown[] } | null>);
    expect(code !== undefined || refusals.some((each) => (each?.userErrors?.length ?? 0) > 0), text).toBe(
      true,
    );
  }
}

describe('Bad input', () => {
  test('is collected here, each case by an id of its own', () => {
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
    expect(cases.length).toBeGreaterThan(100);
  });

  for (const input of cases) {
    test(`${input.id}: ${input.title}`, async () => {
      const service = await startService({ auth: AUTH, introspection: false, playground: false });
      const { authorization } = await signedIn({ roles: ['admin'] });
      const head = await service.head();
      const outcome = await answer(service, input, authorization);
      expectRight(input, outcome);
      if (input.expect.writes !== true) expect(await service.head()).toBe(head);
      expect(service.logged).toEqual([]);
      const good = await actingAs(service, { authorization }).gql('{ orders(first: 1) { totalCount } }');
      expect({ status: good.status, errors: good.body.errors }).toEqual({ status: 200, errors: undefined });
    });
  }
});
