import { describe, expect, test } from 'vitest';
import { northwindOrders } from '../../examples/northwind/data.js';
import { importNorthwind } from '../../examples/northwind/import-northwind.js';
import { totalsOf } from '../../examples/northwind/totals.js';
import { startService } from '../support/service.js';

const COMMANDS = 3 * 830 + 809;

describe('The Northwind orders', () => {
  test(
    'arrive through the API to the cent, and a second import changes nothing',
    { timeout: 300_000 },
    async () => {
      const service = await startService();
      const first = await importNorthwind({ url: service.url, inFlight: 32 });
      expect(first).toMatchObject({ commands: COMMANDS, duplicates: 0, refusals: [], interrupted: false });
      expect(first.sales).toMatchObject({ agrees: true, otherOrders: 0, consistency: { stale: false } });
      expect(first.sales?.found).toEqual(totalsOf(northwindOrders()));
      const head = await service.head();
      const QUERY = `query Sums($position: Position!) @readAfter(position: $position, onTimeout: ERROR) {
      orders(first: 100, orderBy: [{ field: TOTAL, direction: DESC }]) { totalCount nodes { id position total { amount } } }
      salesReport(groupBy: MONTH) { key orders quantity gross { amount } discount { amount } freight { amount } }
    }`;
      const position = first.position;
      const before = (await service.gql(QUERY, { position })).body.data;
      expect(before.orders.totalCount).toBe(830);

      const second = await importNorthwind({ url: service.url, inFlight: 32 });
      expect(second).toMatchObject({ commands: COMMANDS, duplicates: COMMANDS, refusals: [] });
      expect(second.sales).toMatchObject({ agrees: true });
      expect(await service.head()).toBe(head);
      expect((await service.gql(QUERY, { position })).body.data).toEqual(before);
      expect(service.logged).toEqual([]);
    },
  );
});
