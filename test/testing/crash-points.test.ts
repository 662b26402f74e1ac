import { AssertionError } from 'node:assert/strict';
import { describe, expect, test } from 'vitest';
import {
  CRASH_EVENTS_MAX,
  HandlerError,
  crashPoints,
  createTestApp,
  type PastEvent,
} from '../../src/testing/index.js';
import type { EventsOf } from '../../src/kernel/index.js';
import { book, type bookEvents } from '../kernel/library.js';
import { noting, shelf, shelfModule } from './shelf.js';

type Past = PastEvent<EventsOf<typeof bookEvents>>;

const added = (bookId: string): Past => ({ type: 'BookAdded', data: { bookId, title: `Book ${bookId}` } });
const lent = (bookId: string): Past => ({ type: 'BookLent', data: { bookId, memberId: 'ann' } });
const HISTORY = [added('1'), added('2'), lent('1'), added('3'), lent('3'), lent('2')];

describe('A projection whose rows are a function of its events', () => {
  test('passes every stop of every batch', async () => {
    // Of the sizes 1 to 6 there are 6 + 3 + 2 + 2 + 2 + 1 batches; each is stopped once more than it has events.
    const stops = 2 * (6 * 6 + 16);
    expect(await crashPoints(shelf(), HISTORY)).toEqual({ events: 6, runs: 13, stops });
    expect(await crashPoints(() => shelf(), HISTORY)).toEqual({ events: 6, runs: 13, stops });
    expect(await crashPoints(async () => shelf(), [added('1')])).toEqual({ events: 1, runs: 3, stops: 4 });
  });

  test('may be held against what an app has written', async () => {
    await using app = await createTestApp({ modules: [shelfModule().module] });
    for (const title of ['Emma', 'Persuasion']) await app.send(book.commands.addBook, { title });
    expect(await crashPoints(shelf(), await app.events())).toMatchObject({ events: 2 });
  });

  test('is never stopped within a command for good', async () => {
    const together = HISTORY.map((event): Past => ({ ...event, commandId: 'one' }));
    expect(await crashPoints(shelf(), together)).toEqual({ events: 6, runs: 3, stops: 14 });
  });

  test('may keep times of its events, and may ask for dates of theirs', async () => {
    const right = noting(
      (title) => new Date(Date.UTC(2026, 0, title.length)).getUTCDate() + Date.parse('1970-01-02'),
    );
    expect(await crashPoints(right, HISTORY)).toMatchObject({ events: 6 });
  });
});

describe('A projection is caught', () => {
  async function complaint(attempt: Promise<unknown>): Promise<AssertionError> {
    const error = await attempt.then(
      () => expect.fail('It was not caught.'),
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(AssertionError);
    return error as AssertionError;
  }

  const counting = () => {
    let count = 0;
    return noting(() => (count += 1));
  };

  test.each([
    ['that counts outside of its rows', () => crashPoints(counting(), HISTORY)],
    ['that counts outside of its rows, and is made anew', () => crashPoints(counting, HISTORY)],
    [
      'that asks what time it is',
      () =>
        crashPoints(
          noting(() => Date.now()),
          HISTORY,
        ),
    ],
    [
      'that asks for a date',
      () =>
        crashPoints(
          noting(() => new Date().getFullYear() * 366 + new Date().getDate()),
          HISTORY,
        ),
    ],
    [
      'that draws lots',
      () =>
        crashPoints(
          noting(() => Math.floor(Math.random() * 1e9)),
          HISTORY,
        ),
    ],
    [
      'that tosses a coin',
      () =>
        crashPoints(
          noting(() => Math.round(Math.random())),
          HISTORY,
        ),
    ],
  ])('%s', async (_, attempt) => {
    const { message, actual, expected } = await complaint(attempt());
    expect(message).toMatch(/^The rows of noting depend on more than its events\. seen \{"id":"\d"\}, /);
    expect(message).toMatch(
      /last changed by BookAdded \(version 1\) at position \d, \{.*\}: note is \d+, expected \d+\./,
    );
    expect(message).toMatch(/seen at position \d in batches of (one command|\d commands), each stopped/);
    expect(actual).toMatchObject({ title: expect.stringContaining('Book') });
    expect(actual).not.toEqual(expected);
  });

  test('that remembers what it should read from its rows, once it is made anew', async () => {
    const remembering = () => noting(() => 0);
    // The same process finds everything again.
    expect(await crashPoints(remembering(), HISTORY)).toMatchObject({ events: 6 });
    const { message } = await complaint(crashPoints(remembering, HISTORY));
    expect(message).toContain(
      `seen {"id":"1"}, last changed by BookLent (version 1) at position 3, {"bookId":"1","memberId":"ann"}: title is 'unknown, lent', expected 'Book 1, lent'.`,
    );
    expect(message).toContain(
      'in batches of one command, each stopped after any number of events and delivered again to a new process',
    );
  });

  test('that fails where it was stopped and not where it was not', async () => {
    const seen = new Set<string>();
    const once = noting((title) => {
      if (seen.has(title)) throw new Error('It was here before.');
      return seen.add(title).size;
    });
    const error = await complaint(crashPoints(once, HISTORY));
    expect(error.message).toMatch(
      /^noting failed on BookAdded .* at position 1, .*: It was here before\. That happened in batches of one command/,
    );
    expect((error as Error).cause).toBeInstanceOf(HandlerError);
  });
});

test('A projection that cannot apply an event at all is told so', async () => {
  await expect(crashPoints(shelf(), [lent('9')])).rejects.toThrow(HandlerError);
});

test('There is a limit, and a least', async () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => added(String(n)));
  await expect(crashPoints(shelf(), [])).rejects.toThrow(RangeError);
  await expect(crashPoints(shelf(), many(CRASH_EVENTS_MAX + 1))).rejects.toThrow(
    'Give 1 to 30 events, got 31.',
  );
  const { Date: before } = globalThis;
  expect(await crashPoints(shelf(), many(CRASH_EVENTS_MAX))).toMatchObject({ events: CRASH_EVENTS_MAX });
  expect(globalThis.Date).toBe(before);
});
