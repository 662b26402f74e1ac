import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import type { EventCatalogue, EventMap } from '../../src/kernel/index.js';
import { recordedEvent } from '../support/recorded-event.js';

const guide = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');

it('the catalogue in the guide to evolving events reads the past as the guide says', async () => {
  const [, code = ''] = /```ts\n(import [\s\S]*?)```/.exec(guide) ?? [];
  const file = join(import.meta.dirname, 'events-guide.generated.ts');
  writeFileSync(file, code.replace("'tidemark'", "'../../src/kernel/index.js'"));
  onTestFinished(() => {
    rmSync(file);
  });
  const { basketEvents } = (await import(pathToFileURL(file).href)) as {
    basketEvents: EventCatalogue<EventMap>;
  };
  const read = (type: string, data: object) =>
    basketEvents
      .decode(recordedEvent({ type, data: { id: 'b', ...data } }))
      .map((event) => [event.type, event.data]);

  const tea = { id: 'b', sku: 'tea', quantity: 1 };
  expect(read('ItemAdded', { product: 'Tea' })).toEqual([['ItemAdded', tea]]);
  expect(read('ItemPut', { sku: 'tea' })).toEqual([['ItemAdded', tea]]);
  expect(read('ItemSwapped', { from: 'jam', to: 'tea' })).toEqual([
    ['ItemRemoved', { id: 'b', sku: 'jam' }],
    ['ItemAdded', tea],
  ]);
  expect(read('BasketViewed', {})).toEqual([]);
});
