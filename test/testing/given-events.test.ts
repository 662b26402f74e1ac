import { expect, test } from 'vitest';
import { HandlerError, given, givenEvents } from '../../src/testing/index.js';
import { book } from '../kernel/library.js';
import { defineEvents } from '../../src/kernel/index.js';
import { recordedEvent } from '../support/recorded-event.js';
import { shelf } from './shelf.js';

const ADDED = { type: 'BookAdded', data: { bookId: '1', title: 'Emma' } } as const;
const LENT = { type: 'BookLent', data: { bookId: '1', memberId: 'ann' } } as const;
const EMMA = { id: '1', title: 'Emma', lentTo: 'ann', position: 2 };

test('Given past events, a command leads to events, to nothing or to a refusal', () => {
  given(book, [ADDED]).when('lendBook', { bookId: '1', memberId: 'ann' }).then(LENT);
  const again = given(book, [ADDED, LENT]).when('lendBook', { bookId: '1', memberId: 'bob' });
  again.thenRefused('ALREADY_LENT');
  expect(() => again.thenNothing()).toThrow(/Refused.*ALREADY_LENT/);
});

test('Given events, a projection’s tables have exactly these rows, at positions from 1', () => {
  const seen = givenEvents(shelf(), [ADDED, LENT, { ...ADDED, data: { bookId: '0', title: 'Persuasion' } }]);
  const persuasion = { id: '0', title: 'Persuasion', lentTo: null, position: 3 };
  seen.thenRows('books', [EMMA, persuasion]).thenRows('books', [persuasion, EMMA]);
  expect(seen.rows('books')).toEqual([persuasion, EMMA]);
  expect(() => seen.thenRows('books', [EMMA])).toThrow(/Persuasion/);
  expect(() => seen.thenRows('books', [EMMA, { ...persuasion, lentTo: 'bob' }])).toThrow(/bob/);
  givenEvents(shelf(), []).thenRows('books', []);
});

test('An event or a row that there is not does not compile', () => {
  const check = () => {
    // @ts-expect-error: there is no such event.
    givenEvents(shelf(), [{ type: 'BookLend', data: { bookId: '1' } }]);
    // @ts-expect-error: the event lacks its title.
    givenEvents(shelf(), [{ type: 'BookAdded', data: { bookId: '1' } }]);
    const seen = givenEvents(shelf(), []);
    // @ts-expect-error: there is no such table.
    seen.thenRows('boks', []);
    // @ts-expect-error: a book has a title.
    seen.thenRows('books', [{ id: '1', lentTo: null, position: 1 }]);
  };
  expect(check).toThrow();
});

test('What fails is told with its event', () => {
  const failing = (): unknown =>
    givenEvents(shelf(), [ADDED, { ...LENT, data: { bookId: '7', memberId: 'ann' } }]);
  expect(failing).toThrow(HandlerError);
  expect(failing).toThrow(
    /^library failed on BookLent \(version 1\) at position 2, \{"bookId":"7","memberId":"ann"\}: books has no row \["7"\]/,
  );
  // Not a handler's doing, but still of an event: the engine refuses the row.
  const untitled = { ...ADDED, data: { bookId: '1', title: null as unknown as string } };
  expect(() => givenEvents(shelf(), [untitled])).toThrow(/BookAdded.*NOT NULL/);
});

test('Events go through the catalogue: their tags are its own, and old ones are read as today’s', () => {
  const today = defineEvents<{ BookAdded: { bookId: string; title: string } }>({
    BookAdded: {
      version: 2,
      schema: {} as never,
      tags: ({ bookId }) => [`book:${bookId}`],
      upcast: { 1: ({ id, title }: { id: string; title: string }) => ({ bookId: id, title }) },
    },
  });
  const tags: string[] = [];
  const projection = {
    ...shelf(),
    events: today,
    typedEvents: today,
    on: new Map(shelf().on).set('BookAdded', (rows, event) => {
      tags.push(...event.tags, event.actor, String(event.recordedAt));
      shelf().on.get('BookAdded')?.(rows, event);
    }),
  };
  const old = recordedEvent({ type: 'BookAdded', data: { id: '2', title: 'Emma' }, schemaVersion: 1 });
  givenEvents(projection, [{ ...ADDED, actor: 'ann', recordedAt: 7 }, old]).thenRows('books', [
    { id: '1', title: 'Emma', lentTo: null, position: 1 },
    { id: '2', title: 'Emma', lentTo: null, position: 2 },
  ]);
  expect(tags.slice(0, 3)).toEqual(['book:1', 'ann', '7']);
});
