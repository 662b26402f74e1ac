import { serverAudits } from 'graphql-http';
import { beforeEach, describe, expect, test } from 'vitest';
import { startService } from '../support/service.js';

const STRICT_STATUS =
  'A document that cannot be parsed, validated or given its variables is a wrong request, and answered with 400 ' +
  'to every client; the draft would rather say 200 to those who accept application/json only.';
const NO_SIMPLE_GET =
  'A GET that a page of another site can send without asking is refused: see the test of forged requests in ' +
  'limits-http.test.ts. With the header apollo-require-preflight it is answered.';

/** The audits that do not pass, each with the reason. One that passes after all does not belong here. */
const exceptions: Readonly<Record<string, string>> = {
  '572B': STRICT_STATUS,
  FDE2: STRICT_STATUS,
  '7B9B': STRICT_STATUS,
  '5A70': NO_SIMPLE_GET,
  D6D5: NO_SIMPLE_GET,
  '6A70': NO_SIMPLE_GET,
};

let url = '';
beforeEach(async () => {
  ({ url } = await startService());
});

const audits = serverAudits({ url: () => `${url}/graphql` });

describe('The audits of GraphQL over HTTP', () => {
  test('are all of the suite’s', () => {
    const levels = (level: string): number => audits.filter(({ name }) => name.startsWith(level)).length;
    expect(audits).toHaveLength(61);
    expect(levels('MUST') + levels('SHOULD') + levels('MAY')).toBe(61);
    const ids = new Set(audits.map(({ id }) => id));
    expect(Object.keys(exceptions).filter((id) => !ids.has(id))).toEqual([]);
  });

  for (const { id, name, fn } of audits) {
    const exception = exceptions[id];
    test(`${id} ${name}${exception === undefined ? '' : ': does not hold, on purpose'}`, async () => {
      const result = await fn();
      if (exception === undefined) expect(result).toMatchObject({ status: 'ok' });
      else expect(['warn', 'notice'], exception).toContain(result.status);
    });
  }
});
