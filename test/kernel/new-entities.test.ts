import { expect, test } from 'vitest';
import { z } from 'zod';
import { createMemoryLog } from '../../src/engines/memory/index.js';
import {
  createCommand,
  defineDecider,
  defineEvents,
  handleWith,
  refuse,
  type EventLog,
} from '../../src/kernel/index.js';

const room = defineDecider({
  name: 'room',
  events: defineEvents({
    RoomOpened: { schema: z.object({ roomId: z.string() }), tags: ({ roomId }) => [`room:${roomId}`] },
  }),
  inputs: { openRoom: z.object({}) },
  boundary: ({ freshId }) => [{ tags: [`room:${freshId}`] }],
  initial: { isOpen: false },
  evolve: { RoomOpened: () => ({ isOpen: true }) },
  decide: {
    openRoom: ({ isOpen }, { freshId }) =>
      isOpen ? refuse('IS_OPEN', 'It is.') : [{ type: 'RoomOpened', data: { roomId: freshId } }],
  },
});

function watched(): { readonly log: EventLog; readonly reads: () => number } {
  const log = createMemoryLog();
  let reads = 0;
  const read: EventLog['read'] = (...request) => {
    reads += 1;
    return log.read(...request);
  };
  return { log: { ...log, read }, reads: () => reads };
}

test('What a command makes anew is decided without reading the log', async () => {
  const { log, reads } = watched();
  const handle = handleWith(room, { log });
  const result = await handle(createCommand(room.commands.openRoom, {}));
  expect(result).toMatchObject({ status: 'ACCEPTED', position: 1 });
  expect(reads()).toBe(0);
});

test('Where the new id is not new after all, the condition says so, and what is there counts', async () => {
  const { log, reads } = watched();
  const first = createCommand(room.commands.openRoom, {});
  await handleWith(room, { log })(first);
  const { freshId } = first;
  const again = { ...createCommand(room.commands.openRoom, {}), freshId };
  const result = await handleWith(room, { log })(again);
  expect(result).toMatchObject({ status: 'REFUSED', refusals: [{ code: 'IS_OPEN' }] });
  expect(reads()).toBe(1);
  expect(await log.head()).toBe(1);
});
