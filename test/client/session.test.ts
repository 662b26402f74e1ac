import { describe, expect, test } from 'vitest';
import { createSession, newCommandId, type Attempt, type Reply } from '../../src/client/index.js';
import { waitBefore, RETRY } from '../../src/client/retry.js';

const POSITION = 'aaaaaaaaaaaa-0000000001-0000000000000007';
const FAST = { waitMs: 1, attemptsMax: 4 };

const failed = (code: string, status = 503): Reply => ({
  answer: { errors: [{ message: 'No.', extensions: { code } }] },
  status,
});
const answered = (extensions: object = {}): Reply => ({ answer: { data: {}, extensions }, status: 200 });

/** Sends through a session what is answered in turn; what is a function is thrown. */
async function play(
  kind: 'query' | 'mutation',
  replies: readonly (Reply | Error)[],
  session = createSession({ retry: FAST }),
) {
  const attempts: Attempt[] = [];
  const outcome = await session
    .run({ kind }, async (attempt) => {
      attempts.push(attempt);
      const reply = replies[attempts.length - 1] ?? failed('OVERLOADED');
      if (reply instanceof Error) throw reply;
      return reply;
    })
    .catch((error: unknown) => error as Error);
  return { attempts, outcome, session, ids: attempts.map(({ headers }) => headers['idempotency-key']) };
}

describe('An operation', () => {
  test.each(['OVERLOADED', 'UNAVAILABLE', 'OUTCOME_UNKNOWN', 'TIMEOUT'])(
    'that ended in %s is sent again, a command under the same id',
    async (code) => {
      const { outcome, ids } = await play('mutation', [failed(code), answered()]);
      expect(outcome).toEqual(answered());
      expect(ids).toHaveLength(2);
      expect(new Set(ids).size).toBe(1);
    },
  );

  test.each(['BAD_USER_INPUT', 'CONFLICT', 'IDEMPOTENCY_MISMATCH', 'STALE_READ', 'INTERNAL', 'FORBIDDEN'])(
    'that ended in %s is not',
    async (code) => {
      const { outcome, attempts } = await play('mutation', [failed(code, 400), answered()]);
      expect(outcome).toEqual(failed(code, 400));
      expect(attempts).toHaveLength(1);
    },
  );

  test('that got no answer, or one of a proxy, is sent again', async () => {
    const gateway: Reply = { answer: { errors: [{ message: 'Bad gateway.' }] }, status: 502 };
    const { outcome, attempts } = await play('query', [new TypeError('fetch failed'), gateway, answered()]);
    expect(outcome).toEqual(answered());
    expect(attempts).toHaveLength(3);
    expect(attempts[0]?.headers).toEqual({});
  });

  test('is sent a bounded number of times; then the last answer counts, or that there was none', async () => {
    const served = await play('query', []);
    expect(served.outcome).toEqual(failed('OVERLOADED'));
    expect(served.attempts).toHaveLength(FAST.attemptsMax);
    const lost = await play(
      'mutation',
      Array.from({ length: 9 }, () => new TypeError('fetch failed')),
    );
    expect(lost.outcome).toMatchObject({
      name: 'TransportError',
      attempts: FAST.attemptsMax,
      commandId: lost.ids[0],
    });
  });

  test('that takes too long is given up and sent again', async () => {
    const session = createSession({ retry: { ...FAST, attemptMs: 10 } });
    let attempts = 0;
    const reply = await session.run({ kind: 'query' }, ({ signal }) => {
      attempts += 1;
      if (attempts > 1) return Promise.resolve(answered());
      return new Promise<Reply>((_, reject) => {
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
      });
    });
    expect(reply).toEqual(answered());
    expect(attempts).toBe(2);
  });

  test('carries what was seen and written before, whatever of it came first', async () => {
    const session = createSession({ retry: FAST });
    await play('mutation', [answered({ written: POSITION })], session);
    const { attempts } = await play('query', [answered()], session);
    expect(attempts[0]?.headers).toEqual({ 'tidemark-read-after': POSITION });
    const older = POSITION.replace('7', '3');
    const consistency = { position: older, head: POSITION, stale: true, lagMs: 1, waitedMs: 2 };
    await play('query', [answered({ consistency })], session);
    expect(session.memory.position()).toBe(POSITION);
    expect(session.consistency.get()).toEqual(consistency);
  });

  test('is sent once without a position that the service does not know, and that is then forgotten', async () => {
    const session = createSession({ retry: FAST });
    session.memory.note(POSITION);
    const unknown = failed('UNKNOWN_POSITION', 400);
    const { attempts, outcome, ids } = await play('mutation', [unknown, answered()], session);
    expect(outcome).toEqual(answered());
    expect(attempts.map(({ headers }) => headers['tidemark-read-after'])).toEqual([POSITION, undefined]);
    expect(ids[1]).toBe(ids[0]);
    expect(session.memory.position()).toBeUndefined();
  });

  test('whose variables have an unknown position says so, and the session keeps its own', async () => {
    const session = createSession({ retry: FAST });
    session.memory.note(POSITION);
    const unknown = failed('UNKNOWN_POSITION', 400);
    const { attempts, outcome } = await play('query', [unknown, unknown, answered()], session);
    expect(outcome).toEqual(unknown);
    expect(attempts).toHaveLength(2);
    expect(session.memory.position()).toBe(POSITION);
  });
});

describe('The wait before the next attempt', () => {
  test('doubles up to a limit, never less than half of it', () => {
    for (const [attempt, most] of [
      [1, 100],
      [2, 200],
      [3, 400],
      [20, RETRY.waitMsMax],
    ] as const) {
      const wait = waitBefore(attempt, RETRY);
      expect(wait).toBeGreaterThanOrEqual(most / 2);
      expect(wait).toBeLessThanOrEqual(most);
    }
  });

  test('is what the service asks for, in seconds or as a date, within reason', () => {
    expect(waitBefore(1, RETRY, '3')).toBe(3_000);
    expect(waitBefore(1, RETRY, new Date(Date.now() + 5_000).toUTCString())).toBeGreaterThan(3_000);
    expect(waitBefore(1, RETRY, '99999')).toBe(30_000);
    for (const nonsense of ['', 'soon', '-5', null])
      expect(waitBefore(1, RETRY, nonsense)).toBeLessThanOrEqual(100);
  });
});

describe('A command id', () => {
  test('is a UUID of version 7, and later than those before it', () => {
    const ids = Array.from({ length: 10_000 }, newCommandId);
    expect(
      ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)),
    ).toBe(true);
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    expect(Math.abs(parseInt((ids[0] ?? '').replace('-', '').slice(0, 12), 16) - Date.now())).toBeLessThan(
      60_000,
    );
  });
});
