import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FINDINGS_MAX } from '../../src/engines/sqlite/findings.js';
import { verifyLog } from '../../src/engines/sqlite/index.js';
import { createOrder } from '../support/order-operations.js';
import { startService } from '../support/service.js';
import { tidemark, tidemarkJson } from './command-line.js';
import { ask, byHand, caughtUp, openOrders, ordersDir, writeOrders } from './orders-dir.js';

/** What verifying the log after this change by hand finds. */
async function found(...statements: readonly string[]): Promise<readonly string[]> {
  const dataDir = await ordersDir(4);
  byHand(dataDir, 'log.sqlite', ...statements);
  const { findings, total } = verifyLog(join(dataDir, 'log.sqlite'));
  expect(total).toBe(findings.length);
  return findings.map(({ check, where, message }) => `${check}: ${where}: ${message}`);
}

describe('verifying a log', () => {
  it('finds nothing in what the service wrote, refusals and no-ops included', async () => {
    const dataDir = await ordersDir(9);
    const { code, stdout } = await tidemark(['verify'], { dataDir });
    expect(stdout.split('\n')).toEqual([
      'log: sound, 39 commands, 21 events, up to position 21',
      'views of orders: identical, 30 rows',
      'views of customers: identical, 7 rows',
      expect.stringMatching(/^views of sales: identical, \d+ rows$/),
      '',
    ]);
    expect(code).toBe(0);
  });

  it('works while the service runs and writes', async () => {
    const service = await startService();
    let going = true;
    const writing = (async () => {
      while (going) await createOrder(service);
    })();
    for (let round = 0; round < 3; round += 1) {
      const report = await tidemarkJson(['verify'], { dataDir: service.dataDir });
      expect(report).toMatchObject({ ok: true, log: { total: 0 } });
      for (const view of report.views) expect(view).toMatchObject({ outcome: 'identical', differing: 0 });
    }
    going = false;
    await writing;
    expect(service.logged).toEqual([]);
  });

  it('finds bytes that were changed in the data of an event, on the disk', async () => {
    const dataDir = await ordersDir(3);
    const file = join(dataDir, 'log.sqlite');
    const bytes = readFileSync(file);
    bytes.write('Mario', bytes.indexOf('Maria Anders'));
    writeFileSync(file, bytes);
    const { code, stdout } = await tidemark(['verify'], { dataDir });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /log: 1 finding\n {2}checksums: command \d+ \(createOrder [0-9a-f-]{36}, event \d+\): the stored checksum is \d+, what is there has \d+: the command or one of its events was changed\n/,
    );
    expect(stdout).toMatch(
      /views of customers: 1 row of 3 differs from the log\n.*name is "Maria Anders", the log gives "Mario Anders"/,
    );
  });

  it('finds an event that is gone', async () => {
    const findings = await found('DELETE FROM events WHERE position = 4');
    expect(findings[0]).toMatch(
      /^commands: command 6 \(createOrder .*, no events\): its position is 4; the head when it was decided is 3$/,
    );
    expect(findings).toContainEqual(
      expect.stringMatching(/^positions: position 5: position 4 is missing before it/),
    );
    expect(findings).toContainEqual(
      expect.stringMatching(
        /^tags: position 4: event_tags has a row for the tag order:.*there is no such event$/,
      ),
    );
    expect(findings).toContainEqual(expect.stringMatching(/^checksums: command 6 /));
  });

  it('finds that the newest event is gone', async () => {
    const last = '(SELECT max(position) FROM events)';
    const findings = await found(
      `DELETE FROM event_tags WHERE position = ${last}`,
      `DELETE FROM commands WHERE position = ${last} AND seq > 1`,
      `DELETE FROM events WHERE position = ${last}`,
    );
    expect(findings).toContainEqual(
      expect.stringMatching(
        /^positions: sqlite_sequence: the log counted up to 10, but its last event is 9: the newest/,
      ),
    );
  });

  it.each([
    [
      'a tag row that was changed',
      `UPDATE event_tags SET tag = 2 WHERE position = 1`,
      [
        /^tags: position 1: event_tags has no row for the tag order:\S+, which the event carries$/,
        /^tags: position 1: event_tags has a row for the tag \S+, but the event does not carry it$/,
      ],
    ],
    [
      'a tag row that is gone',
      'DELETE FROM event_tags WHERE position = 2',
      [/^tags: position 2: event_tags has no row for the tag order:/],
    ],
    [
      'a command’s result that was changed',
      `UPDATE commands SET result = '{"refusals":[]}' WHERE seq = 4`,
      [
        /^checksums: command 4 \(placeOrder .*, no events\): the stored checksum .*: the command was changed$/,
      ],
    ],
    [
      'a result that is no JSON',
      `UPDATE commands SET result = 'yes' WHERE seq = 4`,
      [/^results: command 4 .*its stored result is not JSON$/, /^checksums: command 4 /],
    ],
    [
      'a command that is gone',
      'DELETE FROM commands WHERE seq = 2',
      [
        /^commands: command 3 .*: command 2 is missing before it$/,
        /^commands: position 2: the event names command 2, which is not there$/,
      ],
    ],
    [
      'an event that was moved to another command',
      'UPDATE events SET command = 7 WHERE position = 2',
      [
        /^commands: position 2: the event names command 7, whose events lie elsewhere$/,
        /^checksums: command 2 \(placeOrder .*, no events\)/,
      ],
    ],
    [
      'a position of a command that was changed',
      'UPDATE commands SET position = 3 WHERE seq = 1',
      [/^commands: command 1 .*its position is 3; that of its last event is 1$/, /^checksums: command 1 /],
    ],
    [
      'a position of a refusal that was changed',
      'UPDATE commands SET position = 1 WHERE seq = 4',
      [
        /^commands: command 4 .*its position is 1; the head when it was decided is 2$/,
        /^checksums: command 4 /,
      ],
    ],
    [
      'a name that is gone',
      `DELETE FROM names WHERE name = 'placeOrder'`,
      Array.from({ length: 12 }, () => /^names: command \d+ \(name \d+ .*: names has no row \d+/),
    ],
    [
      'a tag whose text was changed',
      `UPDATE tags SET tag = 'order:x' WHERE id = 1`,
      Array.from({ length: 3 }, () => /^checksums: command [125] /),
    ],
    ['a raised sequence', `UPDATE sqlite_sequence SET seq = 99 WHERE name = 'events'`, [/counted up to 99/]],
    [
      'an epoch that cannot be',
      'UPDATE log_identity SET epoch = 0',
      [/^identity: log_identity: the epoch is 0/],
    ],
    [
      'a second identity',
      `INSERT INTO log_identity VALUES (2, 'x', 1, 1)`,
      [/^identity: log_identity: has 2 rows/],
    ],
    ['no identity', 'DELETE FROM log_identity', [/has 0 rows/, /has no identity/]],
    [
      'data that is no object',
      `UPDATE events SET data = '[1]' WHERE position = 1`,
      [/^data: position 1: the data is not a JSON object$/, /^checksums/],
    ],
    [
      'tags that are no list of numbers',
      `UPDATE events SET tags = '1,1' WHERE position = 1`,
      [/^tags: position 1: the event's tags "1,1" are not/, /^checksums/],
    ],
  ])('finds %s', async (_name, statement, expected) => {
    const findings = await found(statement);
    expect(findings).toHaveLength(expected.length);
    expected.forEach((pattern, index) => {
      expect(findings[index]).toMatch(pattern);
    });
  });

  it('finds ids that are there twice, also when the index that forbids it was dropped', async () => {
    const findings = await found(
      'DROP INDEX commands_id_unique',
      'UPDATE commands SET id = (SELECT id FROM commands WHERE seq = 1) WHERE seq = 2',
    );
    expect(findings).toContainEqual(
      expect.stringMatching(/^commands: command id [0-9a-f]{32}: is stored 2 times$/),
    );
  });

  it('finds an index that SQLite says is wrong', async () => {
    const dataDir = await ordersDir(30);
    const file = join(dataDir, 'log.sqlite');
    const page = Number(ask(dataDir, `SELECT rootpage FROM sqlite_schema WHERE name = 'commands_id_unique'`));
    const bytes = readFileSync(file);
    bytes.fill(0x7f, page * 4096 - 200, page * 4096);
    writeFileSync(file, bytes);
    const { total, findings } = verifyLog(file);
    expect(total).toBeGreaterThan(0);
    expect(findings.some(({ check }) => check === 'file')).toBe(true);
  });

  it('lists a limited number of findings and counts the others', async () => {
    const dataDir = await ordersDir(60);
    byHand(dataDir, 'log.sqlite', `UPDATE commands SET actor = 'mallory'`);
    const { total, findings, commands } = verifyLog(join(dataDir, 'log.sqlite'));
    expect(total).toBe(commands);
    expect(findings).toHaveLength(FINDINGS_MAX);
    const { stdout } = await tidemark(['verify'], { dataDir });
    expect(stdout).toMatch(new RegExp(`log: ${total} findings\n`));
    expect(stdout).toMatch(new RegExp(` {2}and ${total - FINDINGS_MAX} more\n`));
  });
});

describe('verifying views', () => {
  it('shows rows that were changed, added and removed by hand, with their keys and both values', async () => {
    const dataDir = await ordersDir(9);
    byHand(
      dataDir,
      'views/customers.1.sqlite',
      `UPDATE customers SET name = 'Mallory', order_count = 99 WHERE id = 'C3'`,
      `DELETE FROM customers WHERE id = 'C4'`,
      `INSERT INTO customers SELECT 'C9', name, order_count, lifetime_value, first_order_at, last_order_at, last_order_id, position FROM customers WHERE id = 'C5'`,
    );
    const { code, stdout } = await tidemark(['verify'], { dataDir });
    expect(code).toBe(1);
    expect(stdout).toMatch(/views of orders: identical/);
    expect(stdout).toMatch(/views of customers: 3 rows of 7 differ from the log\n/);
    expect(stdout).toMatch(
      /customers \{"id":"C3"\}: name is "Mallory", the log gives "Maria Anders"; order_count is 99, the log gives \d+\n/,
    );
    expect(stdout).toMatch(
      /customers \{"id":"C4"\}: missing, the log gives \{"id":"C4","name":"Maria Anders"/,
    );
    expect(stdout).toMatch(/customers \{"id":"C9"\}: is there, the log gives no such row: \{"id":"C9"/);
  });

  it('compares all tables of a projection, keys of several columns, and more rows than a slice', async () => {
    const dataDir = await ordersDir(0);
    const { kernel, close } = await openOrders(dataDir);
    await writeOrders(kernel, 1_100);
    await caughtUp(kernel);
    await close();
    byHand(
      dataDir,
      'views/orders.1.sqlite',
      `UPDATE order_history SET summary = 'x' WHERE position IN (1, 2, 2000, 2500)`,
      `UPDATE orders SET freight = freight + 1 WHERE id IN (SELECT id FROM orders ORDER BY id DESC LIMIT 22)`,
    );
    byHand(dataDir, 'views/sales.1.sqlite', `UPDATE sales_by_day SET gross = 0 WHERE dimension = 'ALL'`);
    const { stdout } = await tidemark(['verify', '--json'], { dataDir });
    const { ok, log, views } = JSON.parse(stdout);
    expect({ ok, total: log.total }).toEqual({ ok: false, total: 0 });
    const [orders, customers, sales] = views;
    expect(orders).toMatchObject({ projection: 'orders', outcome: 'different', differing: 4 + 22 });
    expect(orders.differences).toHaveLength(20);
    expect(customers).toMatchObject({ outcome: 'identical', rows: 7 });
    expect(sales).toMatchObject({ outcome: 'different', differing: 1 });
    expect(sales.differences[0].key).toMatchObject({ dimension: 'ALL', key: 'ALL', currency_code: 'USD' });
    expect(sales.differences[0].live.gross).toBe(0);
    expect(sales.differences[0].replayed.gross).toBeGreaterThan(0);
  });

  it('says that views which are not there, or of another version, are built anew, and that this is fine', async () => {
    const dataDir = await ordersDir(2);
    rmSync(join(dataDir, 'views', 'orders.1.sqlite'));
    byHand(dataDir, 'views/customers.1.sqlite', 'UPDATE tidemark_view SET version = 0');
    byHand(dataDir, 'views/sales.1.sqlite', 'DELETE FROM tidemark_view');
    const { code, stdout } = await tidemark(['verify'], { dataDir });
    expect(code).toBe(0);
    expect(stdout).toMatch(/views of orders: absent, there is no file; it is made at the next start\n/);
    expect(stdout).toMatch(/views of customers: absent, the file is of version 0; the views are built anew/);
    expect(stdout).toMatch(/views of sales: absent, the file was never finished/);
  });

  it('fails where the views have seen more than the log holds, and where the log cannot be replayed', async () => {
    const dataDir = await ordersDir(2);
    byHand(dataDir, 'views/orders.1.sqlite', 'UPDATE tidemark_view SET checkpoint = 50');
    byHand(dataDir, 'log.sqlite', `UPDATE names SET name = 'OrderBilled' WHERE name = 'OrderPlaced'`);
    const { code, stdout } = await tidemark(['verify'], { dataDir });
    expect(code).toBe(1);
    expect(stdout).toMatch(/views of orders: failed, the views are at position 50, but the log ends at 5/);
    expect(stdout).toMatch(
      /views of sales: [^]*3 events of the log cannot be applied, the first because: The event at position 2 is OrderBilled version 1; no module/,
    );
  });
});
