import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { runCli } from '../../src/cli/index.js';
import { tempDir } from '../support/temp-dir.js';
import { tidemark } from './command-line.js';
import { openOrders } from './orders-dir.js';

describe('the command line', () => {
  it('says which version it is, and which verbs there are', async () => {
    expect(await tidemark(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^tidemark\/\d/),
    });
    const { code, stdout } = await tidemark(['--help']);
    expect(code).toBe(0);
    for (const verb of [
      'backup <folder>',
      'restore <folder>',
      'verify [folder]',
      'export [file]',
      'import <file>',
      'projections rebuild <name>',
      'parked retry <projection> [position]',
      'events tail',
    ])
      expect(stdout).toContain(verb);
  });

  it('explains each verb', async () => {
    const { code, stdout } = await tidemark(['restore', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/restore <folder>[^]*--force[^]*--data-dir <folder>[^]*--json/);
  });

  it.each([['projections'], ['parked'], ['events']])(
    'lists the actions of %s, and no other verb',
    async (name) => {
      const { code, stdout } = await tidemark([name, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`$ tidemark ${name} <action> [options]`);
      const verbs = [...stdout.matchAll(/^ {2}([a-z]+) [a-z]+.* {2}[A-Z]/gm)].map(([, verb]) => verb);
      expect(new Set(verbs)).toEqual(new Set([name]));
    },
  );

  it('explains each action, wherever its words stand among the options', async () => {
    const { code, stdout } = await tidemark([
      '--url',
      'x',
      'projections',
      '--token',
      'y',
      'rebuild',
      '--help',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /projections rebuild <name>[^]*--no-wait[^]*--url <url>[^]*--token <token>[^]*--data-dir <folder>/,
    );
  });

  it.each([
    [
      [],
      /No verb was given\. Expected one of: backup, restore, verify, export, import, new, schema, projections, parked, events\./,
    ],
    [['bakcup', 'x'], /There is no verb bakcup\. Expected one of: backup/],
    [
      ['backup'],
      /Missing required args.*Expected: tidemark backup <folder> \[--data-dir <folder>\] \[--json\]/,
    ],
    [['backup', 'x', '--fast'], /Unknown option `--fast`\. Expected: tidemark backup <folder>/],
    [['backup', 'x', 'y'], /Unused args: `y`\. Expected: tidemark backup <folder>/],
    [['verify', '--data-dir'], /value is missing\. Expected: tidemark verify/],
    [['verify', '--data-dir', 'a', '--data-dir', 'b'], /--data-dir expects one value, once/],
    [['verify', '--data-dir='], /--data-dir/],
    [['export', '--after', '-1'], /--after expects a position, a whole number from 0, got -1/],
    [['export', '--after', '1e3'], /--after expects a position.*got 1e3/],
    [
      ['projections'],
      /tidemark projections expects an action\. Expected one of: list, rebuild, cancel, rollback/,
    ],
    [
      ['parked', 'rety', 'x'],
      /tidemark parked has no action rety\. Expected one of: list, retry, skip\. See/,
    ],
    [['events', '7'], /tidemark events has no action 7\. Expected one of: tail, show\./],
    [['list', 'projections'], /There is no verb list\./],
    [['projections', 'list', 'x'], /Unused args: `x`\. Expected: tidemark projections list \[--url <url>\]/],
    [['projections', 'list', '--fast'], /Unknown option `--fast`\. Expected: tidemark projections list/],
    ...['rebuild', 'cancel', 'rollback', 'prune', 'verify', 'pause', 'resume'].map(
      (action) =>
        [
          ['projections', action],
          new RegExp(`Missing required args.*Expected: tidemark projections ${action} <name>`),
        ] as const,
    ),
    [['projections', 'verify', 'x', '--url', 'http://x'], /Unknown option `--url`/],
    [
      ['projections', 'list', '--url', 'localhost:4000'],
      /--url expects a URL with http or https, got localhost/,
    ],
    [['projections', 'list', '--url', 'http://x', '--token', 'a b'], /The token .* no token has/],
    [['parked', 'retry', 'orders'], /expects either the position of an event, or --all/],
    [['parked', 'retry', 'orders', '7', '--all'], /expects either the position of an event, or --all/],
    [
      ['parked', 'retry', 'orders', '0'],
      /<position> expects the position of an event, a whole number from 1, got 0/,
    ],
    [['parked', 'retry', 'orders', 'ea75621578ec-0001-0000000000000007'], /<position> expects/],
    [['parked', 'skip', 'orders', '7'], /--reason expects why/],
    [['parked', 'skip', 'orders', '7', '--reason', ' '], /--reason expects why/],
    [['parked', 'skip', 'orders', 'x', '--reason', 'y'], /<position> expects/],
    [['events', 'tail', '-n', '-1'], /--count expects a whole number from 0 to 10000, got -1/],
    [['events', 'tail', '-n', '10001'], /--count expects a whole number from 0 to 10000, got 10001/],
    [['events', 'tail', '-n', '1', '-n', '2'], /--count expects one value, once/],
    [['events', 'tail', '--tag', 'orders'], /--tag expects a tag, entity:id/],
    [['events', 'tail', '--url', 'http://x'], /Unknown option `--url`/],
    [['events', 'show'], /Missing required args.*Expected: tidemark events show <position>/],
    [['events', 'show', '1.5'], /<position> expects/],
    [['backup', 'x', '--version'], /--version is asked for without a verb/],
  ] as const)('refuses %j with what is expected, and ends with 2', async (words, message) => {
    const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const code = await runCli(words, {
      environment: {},
      loadService: () => Promise.resolve({ name: 'none', modules: [], resolvers: [] }),
    });
    const said = stderr.mock.calls.map(([text]) => String(text)).join('');
    const printed = stdout.mock.calls.length;
    vi.restoreAllMocks();
    expect({ code, printed }).toEqual({ code: 2, printed: 0 });
    expect(said).toMatch(message);
    expect(said).not.toMatch(/\n\s+at /);
  });

  it('gives the exit code to the shell', async () => {
    expect(await tidemark(['bakcup'])).toMatchObject({ code: 2, stdout: '' });
  });

  it.each([
    ['backup', 'there'],
    ['verify'],
    ['export'],
    ['events', 'tail'],
    ['events', 'show', '1'],
    ['projections', 'verify', 'orders'],
  ])('creates nothing where there is no data directory: %s', async (...words) => {
    const cwd = tempDir();
    const dataDir = join(cwd, 'none');
    const { code, stderr } = await tidemark(words, { cwd, dataDir });
    expect(code).toBe(1);
    expect(stderr).toBe(`There is no log at ${join(dataDir, 'log.sqlite')}.\n`);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it('says with --json what failed, in one object', async () => {
    const dataDir = join(tempDir(), 'none');
    const { code, stdout } = await tidemark(['verify', '--json'], { dataDir });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      error: `There is no log at ${join(dataDir, 'log.sqlite')}.`,
    });
  });

  it('finds the data directory in the option, the environment, or the .env file, in this order', async () => {
    const cwd = tempDir();
    const where = async (words: readonly string[], dataDir?: string) => {
      const { stderr } = await tidemark(
        ['verify', ...words],
        dataDir === undefined ? { cwd } : { cwd, dataDir },
      );
      return /There is no log at (.*)\/log\.sqlite/.exec(stderr)?.[1];
    };
    expect(await where([])).toBe(join(cwd, 'data'));
    writeFileSync(join(cwd, '.env'), 'DATA_DIR=./of-file\n');
    expect(await where([])).toBe(join(cwd, 'of-file'));
    expect(await where([], './of-environment')).toBe(join(cwd, 'of-environment'));
    expect(await where(['--data-dir', './of-option'], './of-environment')).toBe(join(cwd, 'of-option'));
  });

  it('takes names that look like numbers as they are', async () => {
    const cwd = tempDir();
    const { close } = await openOrders(join(cwd, '007'));
    await close();
    const { code } = await tidemark(['backup', '--json', '0x10', '--data-dir', '007'], { cwd });
    expect(code).toBe(0);
    expect(existsSync(join(cwd, '0x10', 'manifest.json'))).toBe(true);
  });

  it('says so where the file is not a log', async () => {
    const dataDir = tempDir();
    writeFileSync(
      join(dataDir, 'log.sqlite'),
      'This is a letter, not a database, and it is long enough to be one.',
    );
    mkdirSync(join(dataDir, 'views'));
    expect(await tidemark(['verify'], { dataDir })).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/cannot be read as a log: file is not a database/),
    });
    expect(await tidemark(['export'], { dataDir })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/not a database/),
    });
  });
});
