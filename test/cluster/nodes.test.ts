import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openPostgresLog, type PostgresLog } from '../../src/engines/postgres/index.js';
import { createMembership } from '../../src/graphql/index.js';
import { newId, type HeardNode, type NodeFacts, type NodeReport } from '../../src/kernel/index.js';
import { createOrder } from '../support/order-operations.js';
import { startPostgres, type PostgresServer } from '../support/postgres.js';
import { startService, type Frames, type Service } from '../support/service.js';
import { settled } from '../support/some-orders.js';
import { until } from '../support/until.js';

const FIELDS = `{ shared staleSince nodes { id name url version startedAt heardAt silentMs silent self ready reasons head
  projections { name state checkpoint lagEvents lagMs healthy parked } } }`;
const REPORT: NodeReport = { ready: true, reasons: [], head: 0, projections: [] };
const MINUTE_MS = 60_000;

let server: PostgresServer;
let eventLogUrl: string;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

beforeEach(async () => {
  eventLogUrl = await server.newDatabase();
});

interface WireNode {
  readonly name: string;
  readonly silentMs: number;
  readonly [field: string]: unknown;
}

interface WireCluster {
  readonly shared: boolean;
  readonly staleSince: string | null;
  readonly nodes: readonly WireNode[];
}

async function clusterOf({ gql }: Pick<Service, 'gql'>): Promise<WireCluster> {
  const { body } = await gql(`{ cluster ${FIELDS} }`);
  expect(body.errors).toBeUndefined();
  return body.data.cluster as WireCluster;
}

async function frame(frames: Frames): Promise<WireCluster> {
  return (await frames.next())?.data.cluster as WireCluster;
}

const namesOf = ({ nodes }: WireCluster): readonly string[] => nodes.map(({ name }) => name);

async function openLog(): Promise<PostgresLog> {
  const log = await openPostgresLog({ url: eventLogUrl });
  onTestFinished(() => log.close());
  return log;
}

function factsOf(name: string, url = `http://${name}`): NodeFacts {
  return { id: newId(), name, url, version: '1' };
}

/** Makes a node's last word this much older. */
async function age(id: string, ms: number): Promise<void> {
  await server.query(
    eventLogUrl,
    `UPDATE tidemark.nodes SET heard_at = heard_at - make_interval(secs => $2::float8 / 1000) WHERE id = $1`,
    [id, ms],
  );
}

describe('The nodes of a log', () => {
  test('are told by each of them, with how far its views are, and which one answers', async () => {
    const one = await startService({ eventLogUrl, nodeName: 'one' });
    const two = await startService({ eventLogUrl, nodeName: 'two', nodeUrl: 'https://two.example' });
    const { receipt } = await createOrder(one);
    await settled(two);
    await until(async () => {
      const { shared, staleSince, nodes } = await clusterOf(one);
      expect({ shared, staleSince }).toEqual({ shared: true, staleSince: null });
      expect(nodes).toMatchObject([
        { name: 'one', url: one.url, self: true, ready: true, silent: false, reasons: [] },
        { name: 'two', url: 'https://two.example', self: false, ready: true, silent: false },
      ]);
      for (const node of nodes) {
        expect(node['head']).toBe(receipt.position);
        expect(node['projections']).toHaveLength(3);
        expect(node['projections']).toContainEqual(
          expect.objectContaining({ name: 'orders', state: 'LIVE', lagEvents: 0, healthy: true, parked: 0 }),
        );
      }
    });
  });

  test('are pushed to who watches, and one that is stopped takes itself out', async () => {
    const one = await startService({ eventLogUrl, nodeName: 'one' });
    const two = await startService({ eventLogUrl, nodeName: 'two' });
    const frames = one.subscribe(`subscription { cluster ${FIELDS} }`);
    while (namesOf(await frame(frames)).length < 2);
    await two.stop();
    while (namesOf(await frame(frames)).length > 1);
    await frames.stop();
  });

  test('say how far a node is that holds its views back', async () => {
    const one = await startService({ eventLogUrl, nodeName: 'one' });
    const two = await startService({ eventLogUrl, nodeName: 'two' });
    const release = two.hold();
    await createOrder(one);
    await until(async () => {
      const other = (await clusterOf(one)).nodes[1];
      expect(other?.['projections']).toContainEqual(expect.objectContaining({ name: 'sales', lagEvents: 1 }));
    });
    release();
  });

  test('are silent when nothing was heard of them, and their last word counts no more', async () => {
    const one = await startService({ eventLogUrl, nodeName: 'one' });
    const dead = factsOf('two');
    await (await openLog()).nodes.announce(dead, REPORT, 0);
    await age(dead.id, 12_000);
    await until(async () => {
      const other = (await clusterOf(one)).nodes[1];
      expect(other).toMatchObject({ name: 'two', silent: true, ready: false });
      expect(other?.silentMs).toBeGreaterThan(12_000);
      expect(other?.['reasons']).toEqual([expect.stringMatching(/^It has not been heard of for 1\d s\.$/)]);
    });
  });

  test('are as old as the list says when the database is away, and it goes on by itself', async () => {
    const one = await startService({ eventLogUrl, nodeName: 'one' });
    await (await openLog()).nodes.announce(factsOf('two'), REPORT, 0);
    await until(async () => expect(namesOf(await clusterOf(one))).toEqual(['one', 'two']));
    await server.halt('crash');
    try {
      await until(async () => {
        const { staleSince, nodes } = await clusterOf(one);
        expect(Date.parse(staleSince ?? '')).toBeGreaterThan(Date.now() - MINUTE_MS);
        expect(nodes.map(({ name, silent }) => [name, silent])).toEqual([
          ['one', false],
          ['two', false],
        ]);
        expect(nodes[0]?.['reasons']).toContainEqual(expect.stringContaining('The database server'));
      });
    } finally {
      await server.start();
    }
    await until(async () => expect(await clusterOf(one)).toMatchObject({ staleSince: null }));
  });

  test('are one where the log is embedded', async () => {
    const service = await startService();
    const { receipt } = await createOrder(service);
    const { nodes, ...rest } = await clusterOf(service);
    expect(rest).toEqual({ shared: false, staleSince: null });
    expect(nodes).toMatchObject([
      { self: true, ready: true, url: service.url, name: new URL(service.url).host, head: receipt.position },
    ]);
  });
});

describe('The list in the database', () => {
  test('goes by the server’s clock, and keeps when a node was started', async () => {
    const { nodes } = await openLog();
    const facts = factsOf('one');
    const [first] = await nodes.announce(facts, REPORT, MINUTE_MS);
    expect(first).toMatchObject({ ...facts, ...REPORT, silentMs: 0 });
    expect((first?.heardAt ?? 0) - (first?.startedAt ?? 0)).toBe(MINUTE_MS);
    // The clock of the node does not come in: only how long it runs, and that only at first.
    const [again] = await nodes.announce(facts, REPORT, 5 * MINUTE_MS);
    expect(again?.startedAt).toBe(first?.startedAt);
  });

  test('forgets who has been silent for long, and at once whose URL another one has', async () => {
    const { nodes } = await openLog();
    const [old, replaced, quiet, one] = [
      factsOf('old'),
      factsOf('replaced', 'http://one'),
      factsOf('quiet'),
      factsOf('one'),
    ];
    for (const facts of [old, replaced, quiet]) await nodes.announce(facts, REPORT, 0);
    const namesAfter = async (): Promise<readonly string[]> =>
      (await nodes.announce(one, REPORT, 0)).map(({ name }) => name);
    // The URL may be one that several have by mistake.
    expect(await namesAfter()).toEqual(['one', 'quiet', 'replaced', 'old']);
    await age(old.id, 61 * MINUTE_MS);
    await age(replaced.id, 7_000);
    await age(quiet.id, 59 * MINUTE_MS);
    expect(await namesAfter()).toEqual(['one', 'quiet']);
    await nodes.retract(quiet.id);
    expect(await namesAfter()).toEqual(['one']);
  });

  test('holds any name, and any reason', async () => {
    const { nodes } = await openLog();
    const facts = factsOf('back\\slash \0 Ünïcode');
    const report = { ...REPORT, ready: false, reasons: ['not \\ \0 ready'] };
    expect(await nodes.announce(facts, report, 0)).toMatchObject([{ ...facts, ...report }]);
  });
});

describe('A membership', () => {
  const kernel = {
    log: { health: async () => ({ writable: true as const }) } as unknown as PostgresLog,
    status: () => [],
  };

  test('asks once for all who watch and ask, and not at all for them', async () => {
    let asked = 0;
    const announce = async (facts: NodeFacts): Promise<readonly HeardNode[]> => {
      asked += 1;
      return [{ ...facts, ...REPORT, startedAt: 1, heardAt: 2, silentMs: 0 }];
    };
    const nodes = { announce, retract: async () => undefined };
    const membership = createMembership({ kernel, version: '1', nodes });
    await membership.start({ name: 'one', url: 'http://one' });
    let frames = 0;
    for (let n = 0; n < 50; n += 1) membership.watch(() => (frames += 1));
    for (let n = 0; n < 50; n += 1)
      expect(await membership.latest()).toMatchObject({ nodes: [{ startedAt: 1, heardAt: 2 }] });
    expect(asked).toBe(1);
    await until(() => expect(frames).toBe(50));
    expect(asked).toBe(2);
    await membership.stop();
  });

  test('starts, tells of itself and ends where the database hangs', async () => {
    const hang = () => new Promise<never>(() => undefined);
    const membership = createMembership({ kernel, version: '1', nodes: { announce: hang, retract: hang } });
    await membership.start({ name: 'one', url: 'http://one' });
    const { nodes } = await membership.latest();
    expect(nodes).toMatchObject([{ name: 'one', ready: true }]);
    await until(async () => expect((await membership.latest()).staleSince).not.toBeNull());
    await membership.stop();
  });
});
