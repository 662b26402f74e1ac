import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { checksumOf } from '../../src/engines/sqlite/checksum.js';
import { exportLog, importLog, openSqliteLog } from '../../src/engines/sqlite/index.js';
import { append, command, event } from '../../src/testing/contract/samples.js';
import { createOrder } from '../support/order-operations.js';
import { startService } from '../support/service.js';
import { tempDir } from '../support/temp-dir.js';
import { startTidemark, tidemark, tidemarkJson } from './command-line.js';
import { ask, byHand, caughtUp, openOrders, ordersDir, writeOrders } from './orders-dir.js';

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- lines are damaged in every possible way
type Fields = any;

/** The export of a data directory, as text. */
async function exported(dataDir: string, after = 0): Promise<string> {
  const chunks: string[] = [];
  const to = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk.toString());
      done();
    },
  });
  await exportLog({ logFile: join(dataDir, 'log.sqlite'), to, end: true, after });
  return chunks.join('');
}

function imported(dataDir: string, text: string, newEpoch = false) {
  return importLog({ source: Readable.from([Buffer.from(text)]), dataDir, newEpoch });
}

/** A line of an export, changed, with the checksums that belong to the change where that is asked for. */
function change(text: string, line: number, edit: (fields: Fields) => void, forge = false): string {
  const lines = text.split('\n');
  const fields = JSON.parse(lines[line - 1] ?? '');
  edit(fields);
  if (forge) {
    const events = fields.events.map((one: Fields) => ({ ...one, data: JSON.stringify(one.data) }));
    const result = fields.result === null ? null : JSON.stringify(fields.result);
    fields.checksum = checksumOf({ ...fields, result, events });
  }
  lines[line - 1] = JSON.stringify(fields);
  return lines.join('\n');
}

describe('an export', () => {
  it('is a line for each command, refusals and no-ops included, between a header and a footer', async () => {
    const dataDir = await ordersDir(2);
    const { code, stdout, stderr } = await tidemark(['export'], { dataDir });
    expect(code).toBe(0);
    expect(stderr).toBe('Exported 9 commands with 5 events, up to position 5.\n');
    const lines = stdout.trimEnd().split('\n');
    const [header, created, placed, again, refused] = lines.map((line) => JSON.parse(line));
    expect(header).toEqual({
      tidemark: 'log-export',
      formatVersion: 1,
      logId: ask(dataDir, 'SELECT id FROM log_identity'),
      epoch: 1,
      createdAt: ask(dataDir, 'SELECT created_at FROM log_identity'),
      after: 0,
      head: 5,
    });
    expect(created).toMatchObject({ seq: 1, name: 'createOrder', actor: 'user 0', position: 1 });
    expect(created.correlationId).not.toBe(created.id);
    expect(created.causationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(created.events).toMatchObject([
      { type: 'OrderCreated', schemaVersion: 1, data: { customerId: 'C0' } },
    ]);
    expect(placed).toMatchObject({ seq: 2, name: 'placeOrder', position: 2, causationId: null });
    expect(placed.correlationId).toBe(placed.id);
    expect(again).toMatchObject({ seq: 3, position: 2, events: [] });
    expect(refused).toMatchObject({ seq: 4, position: 2, events: [], result: expect.objectContaining({}) });
    const footer = JSON.parse(lines.at(-1) ?? '');
    const before = stdout.slice(0, stdout.lastIndexOf('{"end"'));
    const sha256 = createHash('sha256').update(before).digest('hex');
    expect(footer).toEqual({ end: true, commands: 9, events: 5, sha256 });
  });

  it('goes into a file that was not there, which appears when it is whole', async () => {
    const dataDir = await ordersDir(1);
    const folder = tempDir();
    const file = join(folder, 'log.ndjson');
    const summary = await tidemarkJson(['export', file], { dataDir });
    expect(summary).toMatchObject({ file, commands: 5, events: 3, head: 3 });
    expect(readFileSync(file, 'utf8')).toBe(await exported(dataDir));
    expect(await tidemark(['export', file], { dataDir })).toMatchObject({
      code: 1,
      stderr: `${file} is there already. Name a file that does not exist.\n`,
    });
    byHand(dataDir, 'log.sqlite', 'DELETE FROM names');
    const refused = await tidemark(['export', join(folder, 'other')], { dataDir });
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/damaged at command 1: names has no row/),
    });
    expect(readdirSync(folder)).toEqual(['log.ndjson']);
  });

  it('of the tail starts after a position, with the commands that were decided at it', async () => {
    const dataDir = await ordersDir(3);
    const lines = (await exported(dataDir, 2))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ after: 2, head: 7 });
    expect(lines[1]).toMatchObject({ seq: 3, position: 2, events: [] });
    expect(lines.at(-1)).toMatchObject({ end: true, commands: 11, events: 5 });
    expect(await tidemark(['export', '--after', '8'], { dataDir })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'The log ends at position 7, there is nothing after 8.\n',
    });
  });

  it('never splits a command', async () => {
    const dataDir = tempDir();
    const log = openSqliteLog({ file: join(dataDir, 'log.sqlite') });
    await log.append(append([event(), event(), event()]));
    log.close();
    await expect(exported(dataDir, 2)).rejects.toThrow(/Position 2 is in the middle.*Export after 3/);
  });

  it('works while the service writes, and is one snapshot', async () => {
    const service = await startService();
    await createOrder(service);
    let going = true;
    const writing = (async () => {
      while (going) await createOrder(service);
    })();
    const texts = [await exported(service.dataDir), await exported(service.dataDir)];
    going = false;
    await writing;
    for (const text of texts) {
      const lines = text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.at(-2).position).toBe(lines[0].head);
    }
  });

  it('waits for those who read it slowly: it does not gather in memory', async () => {
    const dataDir = await ordersDir(400);
    let pending = 0;
    let most = 0;
    const to = new Writable({
      highWaterMark: 1,
      write: (chunk: Buffer, _encoding, done) => {
        pending += chunk.length;
        most = Math.max(most, pending);
        void nextTurn().then(() => {
          pending -= chunk.length;
          done();
        });
      },
    });
    const { commands } = await exportLog({ logFile: join(dataDir, 'log.sqlite'), to, end: true, after: 0 });
    expect(commands).toBeGreaterThan(1_500);
    expect(most).toBeLessThan(200_000);
  });

  it('ends quietly where its reader has had enough', async () => {
    const dataDir = await ordersDir(200);
    const child = startTidemark(['export'], { dataDir });
    let said = '';
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.stdout.once('data', () => child.stdout.destroy());
    const [code] = (await once(child, 'close')) as [number | null];
    expect({ code, said }).toEqual({ code: 1, said: '' });
  });

  it('keeps text that is not canonical JSON, and what is hard to write as JSON', async () => {
    const dataDir = tempDir();
    const log = openSqliteLog({ file: join(dataDir, 'log.sqlite') });
    const data = { text: 'a\u2028b\u0000\ud800 "\\', 2: 1, 1: 2, tiny: 5e-324 };
    const record = command({ actor: 'line\nbreak\u2029 “”', result: '{ "spaced" : 1.0 }', causationId: 'x' });
    await log.append(append([event('a:1', { data, tags: ['a:1', 'ü,:1'] })], { command: record }));
    log.close();
    const text = await exported(dataDir);
    expect(text.split('\n')).toHaveLength(4);
    expect(JSON.parse(text.split('\n')[1] ?? '')).toMatchObject({ resultText: '{ "spaced" : 1.0 }' });
    const copy = tempDir();
    await imported(copy, text);
    expect(await exported(copy)).toBe(text);
  });
});

describe('an import', () => {
  it('into nothing gives the same log: byte-identical when exported again, positions still good, views equal', async () => {
    const service = await startService();
    for (let n = 0; n < 3; n += 1) await createOrder(service);
    const { orderId, receipt } = await createOrder(service);
    await service.stop();
    const file = join(tempDir(), 'log.ndjson');
    await tidemarkJson(['export', file], { dataDir: service.dataDir });
    const dataDir = join(tempDir(), 'new');
    const summary = await tidemarkJson(['import', file], { dataDir });
    expect(summary).toMatchObject({ imported: 4, present: 0, head: 4, epoch: 1 });
    const { stdout } = await tidemark(['export'], { dataDir });
    expect(stdout).toBe(readFileSync(file, 'utf8'));
    const copy = await startService({ dataDir });
    const query = `query ($id: ID!, $after: Position!) @readAfter(position: $after) { order(id: $id) { id } }`;
    const { body } = await copy.gql(query, { id: orderId, after: receipt.position });
    expect(body).toMatchObject({ data: { order: { id: orderId } } });
    await copy.stop();
    expect(await tidemarkJson(['verify'], { dataDir })).toMatchObject({ ok: true });
  });

  it('reads standard input, and takes the place of a log that was never written to', async () => {
    const source = await ordersDir(3);
    const text = await exported(source);
    const dataDir = await ordersDir(0);
    const { code, stdout } = await tidemark(['import', '-'], { dataDir, input: text });
    expect(stdout).toMatch(
      /^Imported 13 commands into .*; 0 were there already\. It is log .*, epoch 1, up to position 7\.\n$/,
    );
    expect(code).toBe(0);
    expect(await exported(dataDir)).toBe(text);
    const { kernel, close } = await openOrders(dataDir);
    await caughtUp(kernel);
    await close();
    expect(await tidemarkJson(['verify'], { dataDir })).toMatchObject({ ok: true });
  });

  it('that was cut keeps whole batches, says where, and goes on with the whole file', async () => {
    const source = await ordersDir(600);
    const text = await exported(source);
    const lines = text.split('\n');
    const total = lines.length - 3;
    const dataDir = tempDir();
    const cut = join(tempDir(), 'cut.ndjson');
    writeFileSync(cut, `${lines.slice(0, 2_301).join('\n')}\n${lines[2_301]?.slice(0, 40)}`);
    const { code, stderr } = await tidemark(['import', cut], { dataDir });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Line 2302: the line has no end: the file was cut\. 2000 commands were imported and stay; the log ends at position \d+\. Import the whole file again to go on\.\n$/,
    );
    expect(ask(dataDir, 'SELECT count(*) FROM commands')).toBe(2_000);
    await expect(imported(dataDir, `${lines.slice(0, 2_500).join('\n')}\n`)).rejects.toThrow(
      /^Line 2501: the file ends without its footer: it was cut\. 0 commands were imported/,
    );
    expect(await imported(dataDir, text)).toMatchObject({ imported: total - 2_000, present: 2_000 });
    expect(await exported(dataDir)).toBe(text);
    expect(await imported(dataDir, text)).toMatchObject({ imported: 0, present: total });
  });

  it('of a tail goes on after what was imported before, overlapping or not, and not over a gap', async () => {
    const source = await ordersDir(4);
    const dataDir = tempDir();
    await imported(dataDir, await exported(source));
    const { kernel, close } = await openOrders(source);
    await writeOrders(kernel, 2);
    await close();
    const head = Number(ask(source, 'SELECT max(position) FROM events'));
    await expect(imported(tempDir(), await exported(source, 5))).rejects.toThrow(
      /^Line 2: the file starts with command 8, but the log ends with command 0 at position 0/,
    );
    await imported(dataDir, await exported(source, 6));
    expect(await exported(dataDir)).toBe(await exported(source));
    expect(await imported(dataDir, await exported(source, head))).toMatchObject({ imported: 0 });
  });

  it.each([
    [
      'data of an event',
      3,
      (line: Fields) => (line.events[0].data.total += 1),
      /^Line 3: the checksum is \d+, the command's content has \d+\./,
    ],
    ['the actor of a refusal', 5, (line: Fields) => (line.actor = 'mallory'), /^Line 5: the checksum/],
    [
      'a position',
      3,
      (line: Fields) => (line.position = 9),
      /^Line 3: the position is 9, expected 2 after 1\./,
    ],
    ['the order', 4, (line: Fields) => (line.seq = 9), /^Line 4: expected command 3, got 9\./],
    [
      'a type',
      2,
      (line: Fields) => (line.issuedAt = 'now'),
      /^Line 2: issuedAt must be a whole number from 0\./,
    ],
    ['a missing part', 2, (line: Fields) => delete line.events, /^Line 2: events must be a list\./],
    ['an id', 2, (line: Fields) => (line.id = 'x'), /^Line 2: id must be a UUID in lower case\./],
    [
      'the header',
      1,
      (line: Fields) => (line.tidemark = 'x'),
      /^Line 1: expected the header of a log export\. Nothing was imported\./,
    ],
    [
      'the format',
      1,
      (line: Fields) => (line.formatVersion = 2),
      /^Line 1: the format version is 2, this program reads 1\./,
    ],
    [
      'a count',
      11,
      (line: Fields) => (line.commands += 1),
      /^Line 11: the footer states commands 10, the file has 9\./,
    ],
    [
      'the sum',
      11,
      (line: Fields) => (line.sha256 = 'x'),
      /^Line 11: the footer states sha256 x, the file has/,
    ],
  ])('refuses a line whose change concerns %s, by its number', async (_name, number, edit, message) => {
    const text = await exported(await ordersDir(2));
    const dataDir = join(tempDir(), 'data');
    await expect(imported(dataDir, change(text, number, edit))).rejects.toThrow(message);
    const stored = existsSync(dataDir) ? ask(dataDir, 'SELECT count(*) FROM commands') : 0;
    expect(stored).toBe(0);
    expect(await imported(dataDir, text)).toMatchObject({ imported: 9 });
  });

  it('finds a change whose checksum was forged by the sum of the whole, and one against a log by comparing', async () => {
    const text = await exported(await ordersDir(2));
    const forged = change(text, 3, (line) => (line.actor = 'mallory'), true);
    await expect(imported(tempDir(), forged)).rejects.toThrow(/^Line 11: the footer states sha256/);
    const dataDir = tempDir();
    await imported(dataDir, text);
    await expect(imported(dataDir, forged)).rejects.toThrow(
      /^Line 3: command 2 is not the one that the log has\./,
    );
  });

  it.each([
    ['nothing at all', '', /^Line 1: the file is empty/],
    ['no JSON', 'hello\n', /^Line 1: not JSON/],
    ['no UTF-8', '\ufffd', /^Line 1: the line has no end/],
  ])('refuses %s', async (_name, text, message) => {
    const dataDir = join(tempDir(), 'data');
    await expect(imported(dataDir, text)).rejects.toThrow(message);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('refuses bytes that are no UTF-8', async () => {
    const source = Readable.from([Buffer.from([0x22, 0xff, 0x22, 0x0a])]);
    await expect(importLog({ source, dataDir: tempDir(), newEpoch: false })).rejects.toThrow(
      /^Line 1: the line is not UTF-8/,
    );
  });

  it('refuses another log than the one that is there, and a running service', async () => {
    const [one, two] = [await ordersDir(1), await ordersDir(1)];
    const text = await exported(one);
    await expect(imported(two, text)).rejects.toThrow(/The log is not empty, and it is not the exported one/);
    const service = await startService();
    await expect(imported(service.dataDir, text)).rejects.toThrow(/in use by another process/);
  });

  it('raises the epoch only when it is asked to, and once', async () => {
    const text = await exported(await ordersDir(2));
    const dataDir = tempDir();
    const lines = text.split('\n');
    await expect(imported(dataDir, `${lines.slice(0, 4).join('\n')}\n`, true)).rejects.toThrow(/footer/);
    const { epoch, ...first } = await imported(dataDir, text, true);
    expect(first).toMatchObject({ imported: 9 });
    expect(epoch).toBeGreaterThan(1);
    await expect(imported(dataDir, text)).rejects.toThrow(
      `The log has epoch ${epoch}, the export is of epoch 1`,
    );
    expect(await imported(dataDir, text, true)).toMatchObject({ present: 9, epoch });
    const another = await imported(tempDir(), text, true);
    expect(another.epoch).not.toBe(epoch);
    const { code } = await tidemark(['import', '-', '--new-epoch'], { dataDir, input: text });
    expect(code).toBe(0);
  });
});
