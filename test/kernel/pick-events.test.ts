import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import {
  CompositionError,
  createKernel,
  defineDecider,
  defineEvents,
  into,
  pickEvents,
  renamed,
} from '../../src/kernel/index.js';
import { sqliteViews } from '../../src/engines/sqlite/index.js';
import { recordedEvent } from '../support/recorded-event.js';
import { tempDir } from '../support/temp-dir.js';

const id = z.string();
const tags = (data: { readonly id: string }) => [`door:${data.id}`];
const events = defineEvents(
  {
    Opened: { schema: z.object({ id }), tags },
    Closed: { schema: z.object({ id }), tags },
    Painted: {
      schema: z.object({ id, colour: z.string() }),
      tags,
      version: 2,
      upcast: { 1: (data: object) => ({ colour: 'red', ...data }) },
    },
  },
  {
    retired: {
      Slammed: {
        upcast: {
          1: into({ Closed: 1, Painted: 2 }, () => [
            { type: 'Closed', data: { id: 'a' } },
            { type: 'Painted', data: { id: 'a', colour: 'none' } },
          ]),
        },
      },
      Stained: { upcast: { 1: renamed('Painted') } },
    },
  },
);
const picked = pickEvents(events, 'Opened', 'Closed');
const stored = recordedEvent({ data: { id: 'a' }, tags: ['door:a'] });

describe('Picked events', () => {
  it('are those and no other', () => {
    expect(picked.types).toEqual(['Opened', 'Closed']);
    expect(Object.keys(picked.definitions)).toEqual(['Opened', 'Closed']);
    expect(picked.encode({ type: 'Opened', data: { id: 'a' } })).toEqual(
      events.encode({ type: 'Opened', data: { id: 'a' } }),
    );
    // @ts-expect-error it was not picked
    expect(() => picked.encode({ type: 'Painted', data: { id: 'a', colour: 'red' } })).toThrow(/pick it/);
  });

  it('bound a decision where it does not say more', () => {
    const narrowed = picked.stored([{ tags: ['door:a'] }, { tags: ['door:b'], types: ['Opened'] }]);
    expect(narrowed).toEqual([
      { tags: ['door:a'], types: ['Opened', 'Closed', 'Slammed'] },
      { tags: ['door:b'], types: ['Opened'] },
    ]);
  });

  it('come of what was stored as other types, too, and of nothing else', () => {
    expect(Object.keys(picked.retired)).toEqual(['Slammed']);
    expect(picked.yields('Slammed')).toEqual(['Closed']);
    expect(picked.yields('Painted')).toEqual([]);
    expect(picked.yields('Kicked')).toBeUndefined();
    expect(picked.decode({ ...stored, type: 'Slammed' }).map(({ type }) => type)).toEqual(['Closed']);
  });

  it('are refused where there are none of such a name', () => {
    // @ts-expect-error there is no such event
    expect(() => pickEvents(events, 'Opened', 'Kicked')).toThrow(CompositionError);
  });
});

const closed: { readonly open: boolean } = { open: false };

const door = defineDecider({
  name: 'door',
  events: picked,
  inputs: { open: z.object({ id }), close: z.object({ id }) },
  boundary: ({ input }) => [{ tags: tags(input) }],
  initial: closed,
  evolve: { Opened: () => ({ open: true }), Closed: () => ({ open: false }) },
  decide: {
    open: ({ open }, { input }) => (open ? [] : [{ type: 'Opened', data: input }]),
    close: ({ open }, { input }) => (open ? [{ type: 'Closed', data: input }] : []),
  },
});

const painting = defineDecider({
  name: 'painting',
  events: pickEvents(events, 'Painted'),
  inputs: { paint: z.object({ id, colour: z.string() }) },
  boundary: ({ input }) => [{ tags: tags(input) }],
  initial: null,
  evolve: { Painted: () => null },
  decide: { paint: (_, { input }) => [{ type: 'Painted', data: input }] },
});

test('A decision on some events is not in the way of what others write about the same thing', async () => {
  const log = createMemoryLog();
  const modules = [{ name: 'doors', deciders: [door, painting] }];
  const { commands } = await createKernel({ log, views: sqliteViews(tempDir()), modules });
  const opened = await commands.send(door.commands.open, { id: 'a' });
  await commands.send(painting.commands.paint, { id: 'a', colour: 'green' });
  const unchanged = { ifUnchangedSince: opened.position };
  await expect(commands.send(door.commands.close, { id: 'a' }, unchanged)).resolves.toMatchObject({
    position: 3,
  });
  await expect(commands.send(door.commands.open, { id: 'a' }, unchanged)).rejects.toMatchObject({
    code: 'CONFLICT',
  });
});

test('A decider has a case for each event that it picked, and for no other', () => {
  const more = { Opened: () => null, Closed: () => null, Painted: () => null };
  const rest = {
    name: 'door',
    events: picked,
    inputs: {},
    boundary: () => [],
    initial: null,
    decide: {},
  } as const;
  // @ts-expect-error Closed is missing
  defineDecider({ ...rest, evolve: { Opened: () => null } });
  // @ts-expect-error Painted was not picked
  pickedOnly({ Opened: () => null, Closed: () => null, Painted: () => null });
  expect(Object.keys(more)).toHaveLength(3);
});

function pickedOnly(_: (typeof door)['evolve']): void {
  // Its type is the test.
}
