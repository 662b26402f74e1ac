import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { CompositionError, type Module } from '../../src/kernel/index.js';
import { HandlerError, createTestApp, type TestApp } from '../../src/testing/index.js';
import { book } from '../kernel/library.js';
import { shelf, shelfModule } from './shelf.js';

const { addBook, lendBook } = book.commands;
const HOUR_MS = 3_600_000;

async function start(modules: readonly Module[] = [shelfModule().module], now?: number): Promise<TestApp> {
  const app = await createTestApp({ modules, ...(now !== undefined && { now }) });
  onTestFinished(() => app.stop());
  return app;
}

async function addEmma(app: TestApp): Promise<string> {
  await app.send(addBook, { title: 'Emma' });
  return (await app.events()).at(-1)?.tags[0]?.slice('book:'.length) ?? '';
}

test('What was sent is what is read, without a wait by the test', async () => {
  const { module, holder } = shelfModule();
  const app = await start([module]);
  for (let n = 0; n < 20; n += 1) {
    const bookId = await addEmma(app);
    expect(await app.ask(holder, bookId)).toBeNull();
    // Not awaited: asking waits for it.
    const lent = app.send(lendBook, { bookId, memberId: `m${n}` });
    expect(await app.ask(holder, bookId)).toBe(`m${n}`);
    expect((await lent).status).toBe('ACCEPTED');
  }
  const rows = await app.rows('books');
  expect(rows.map(({ lentTo }) => lentTo)).toEqual(Array.from({ length: 20 }, (_, n) => `m${n}`));
});

test('Commands are handled in the order in which they were sent', async () => {
  const app = await start();
  const bookId = await addEmma(app);
  const members = ['ann', 'bob', 'cid', 'dee'];
  const results = await Promise.all(members.map((memberId) => app.send(lendBook, { bookId, memberId })));
  expect(results.map(({ status }) => status)).toEqual(['ACCEPTED', 'REFUSED', 'REFUSED', 'REFUSED']);
  expect(results[1]?.refusals).toMatchObject([{ code: 'ALREADY_LENT', field: ['bookId'] }]);
});

test('Time stands still until it is told to go on; commands are issued and events recorded at it', async () => {
  const app = await start(undefined, 1_000);
  await app.send(addBook, { title: 'Emma' });
  app.clock.advance(HOUR_MS);
  await app.send(addBook, { title: 'Persuasion' });
  app.clock.set(5);
  await app.send(addBook, { title: 'Lady Susan' });
  await app.send(addBook, { title: 'Sanditon' }, { issuedAt: 7 });
  const times = (await app.events()).map(({ issuedAt, recordedAt }) => [issuedAt, recordedAt]);
  const later = 1_000 + HOUR_MS;
  expect(times).toEqual([
    [1_000, 1_000],
    [later, later],
    [5, 5],
    [7, 5],
  ]);
  expect(() => app.clock.advance(-1)).toThrow(RangeError);
  expect(() => app.clock.set(0.5)).toThrow(/whole number/);
});

test('The same calls make the same events, to the letter', async () => {
  const play = async () => {
    await using app = await createTestApp({ modules: [shelfModule().module] });
    const bookId = await addEmma(app);
    app.clock.advance(HOUR_MS);
    await app.send(lendBook, { bookId, memberId: 'ann' }, { actor: 'desk' });
    return { events: await app.events(), rows: await app.rows('books') };
  };
  const [first, second] = [await play(), await play()];
  expect(first).toEqual(second);
  expect(first.events).toHaveLength(2);
  expect(first.events[1]).toMatchObject({ position: 2, actor: 'desk', issuedAt: Date.UTC(2026, 0, 1, 1) });
});

test('Errors are those of the service', async () => {
  const { module, holder } = shelfModule();
  const app = await start([module]);
  await expect(app.send(addBook, { title: 5 })).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
  await expect(app.send(addBook, { title: 'x' }, { commandId: 'x' })).rejects.toMatchObject({
    code: 'BAD_USER_INPUT',
  });
  const bookId = await addEmma(app);
  const commandId = '01890a5d-ac96-774b-bcce-b302099a8057';
  const lend = (memberId: string) => app.send(lendBook, { bookId, memberId }, { commandId });
  expect(await lend('ann')).toMatchObject({ status: 'ACCEPTED', duplicate: false });
  expect(await lend('ann')).toMatchObject({ status: 'ACCEPTED', duplicate: true });
  await expect(lend('bob')).rejects.toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
  await expect(
    app.send(lendBook, { bookId, memberId: 'bob' }, { ifUnchangedSince: 1 }),
  ).rejects.toMatchObject({ code: 'CONFLICT' });
  // What failed stands in nobody's way.
  expect(await app.ask(holder, bookId)).toBe('ann');
  await expect(createTestApp({ modules: [module, module] })).rejects.toThrow(CompositionError);
});

test('An event that a projection cannot apply is told by whatever reads the views', async () => {
  const on = new Map([...shelf().on].filter(([type]) => type === 'BookLent'));
  const { module, holder } = shelfModule({ ...shelf(), on });
  const app = await start([module]);
  const bookId = await addEmma(app);
  await app.send(lendBook, { bookId, memberId: 'ann' });
  const told = /library failed on BookLent .* at position 2, .*books has no row \["/;
  await expect(app.caughtUp()).rejects.toThrow(told);
  await expect(app.ask(holder, bookId)).rejects.toThrow(HandlerError);
  await expect(app.rows('books')).rejects.toMatchObject({ cause: { message: /no row/ } });
  expect(await app.events()).toHaveLength(2);
});

test('A table that is not there, or there twice, has to be named better', async () => {
  const [one, two] = [shelf(), { ...shelf(), name: 'other' }];
  const app = await start([{ ...shelfModule(one).module, projections: [one, two] }]);
  await addEmma(app);
  await expect(app.rows('books')).rejects.toThrow(
    'Several projections have a table books: name one of library, other.',
  );
  expect(await app.rows('books', 'other')).toMatchObject([{ title: 'Emma', position: 1 }]);
  await expect(app.rows('boks')).rejects.toThrow('No projection has a table boks.');
  await expect(app.rows('boks', 'other')).rejects.toThrow('other has no table boks.');
});

test('Nothing is left of it when it has stopped', async () => {
  const folders = (): number =>
    readdirSync(tmpdir()).filter((name) => name.startsWith('tidemark-testing-')).length;
  const app = await start();
  await addEmma(app);
  const before = folders();
  await Promise.all([app.stop(), app.stop()]);
  expect(folders()).toBeLessThan(before);
  expect(existsSync(tmpdir())).toBe(true);
});
