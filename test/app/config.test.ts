import { describe, expect, test } from 'vitest';
import { limitsInFiles } from '../../scripts/limits.js';
import { ConfigError, readConfig } from '../../src/settings/index.js';
import { LIMITS, defaultLimits, limitNames, variableOf } from '../../src/graphql/limits/index.js';

function refusalOf(environment: Record<string, string>): string {
  try {
    readConfig(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('It was not refused.');
}

describe('The settings', () => {
  test('have a default each', () => {
    expect(readConfig({})).toMatchObject({
      port: 4000,
      host: '127.0.0.1',
      dataDir: './data',
      logLevel: 'info',
      durability: 'full',
    });
  });

  test('are read from the environment, where an empty variable counts as absent', () => {
    const environment = { PORT: '0', HOST: '::1', DATA_DIR: '/data', LOG_LEVEL: 'warn', DURABILITY: '' };
    expect(readConfig({ ...environment, OTHER: 'ignored' })).toMatchObject({
      port: 0,
      host: '::1',
      dataDir: '/data',
      logLevel: 'warn',
      durability: 'full',
    });
  });

  const wrong: [string, string, string][] = [
    ['PORT', 'http', 'a port, 0 to 65535'],
    ['PORT', '-1', 'a port, 0 to 65535'],
    ['PORT', '65536', 'a port, 0 to 65535'],
    ['PORT', '4000.5', 'a port, 0 to 65535'],
    ['PORT', '0x10', 'a port, 0 to 65535'],
    ['LOG_LEVEL', 'verbose', 'trace, debug, info, warn, error, fatal or silent'],
    ['DURABILITY', 'none', 'full or normal'],
  ];
  for (const [name, value, expected] of wrong) {
    test(`refuse ${name}=${value}, naming the variable, its value and what is expected`, () => {
      expect(refusalOf({ [name]: value })).toContain(`${name}=${value}  expected: ${expected}`);
    });
  }

  test('name the log that nodes share, and never show the password in it', () => {
    expect(readConfig({}).eventLogUrl).toBeNull();
    const url = 'postgres://ann:hunter2@db-1,db-2:5433/shop';
    expect(readConfig({ EVENT_LOG_URL: url }).eventLogUrl).toBe(url);
    const refusal = refusalOf({ EVENT_LOG_URL: 'mysql://ann:hunter2@db/shop' });
    expect(refusal).toContain('EVENT_LOG_URL=…  expected: a URL such as postgres://');
    expect(refusal).not.toContain('hunter2');
  });

  test('name a node and say where it is reached', () => {
    expect(readConfig({})).toMatchObject({ nodeName: null, nodeUrl: null });
    const given = { NODE_NAME: 'node-1', NODE_URL: 'https://node-1.example/tidemark/' };
    expect(readConfig(given)).toMatchObject({
      nodeName: 'node-1',
      nodeUrl: 'https://node-1.example/tidemark',
    });
    expect(refusalOf({ NODE_URL: 'javascript:alert(1)' })).toContain('expected: a URL with http or https');
    expect(refusalOf({ NODE_NAME: 'n'.repeat(65) })).toContain('expected: 64 characters at most');
  });

  test('that are wrong are all named at once', () => {
    const message = refusalOf({ PORT: 'x', DURABILITY: 'y' });
    expect(message).toContain('PORT=x');
    expect(message).toContain('DURABILITY=y');
  });
});

describe('The limits', () => {
  test('have a default each, which is one of their values', () => {
    expect(readConfig({}).limits).toEqual(defaultLimits);
    for (const name of limitNames) {
      const { min, max } = LIMITS[name].range;
      expect(min <= defaultLimits[name] && defaultLimits[name] <= max, name).toBe(true);
    }
  });

  for (const name of limitNames) {
    const { min, max, unit } = LIMITS[name].range;
    const variable = variableOf(name);
    test(`take ${variable} from ${min} to ${max}`, () => {
      for (const value of [min, max]) {
        const { limits } = readConfig({ [variable]: String(value) });
        expect(limits).toEqual({ ...defaultLimits, [name]: value });
      }
      for (const wrong of [String(min - 1), String(max + 1), `${min}.5`, '1e3', 'many']) {
        const message = `${variable}=${wrong}  expected: a whole number of ${unit}, ${min} to ${max}`;
        expect(refusalOf({ [variable]: wrong })).toContain(message);
      }
    });
  }

  test('refuse a misspelt name, and name the nearest', () => {
    const message = refusalOf({
      LIMIT_BODY_BYTE: '1',
      LIMIT_DEPHT: '2',
      LIMIT_OF_ALL_THERE_IS: '3',
      PORT: 'x',
    });
    expect(message).toMatch(/LIMIT_BODY_BYTE=1 {2}expected: .*did you mean LIMIT_BODY_BYTES/);
    expect(message).toMatch(/LIMIT_DEPHT=2 {2}expected: .*did you mean LIMIT_DEPTH/);
    expect(message).toMatch(
      /LIMIT_OF_ALL_THERE_IS=3 {2}expected: .*docs\/reference\/configuration\.md lists them/,
    );
    expect(message).toContain('PORT=x');
    expect(readConfig({ LIMIT_BODY_BYTE: '' }).limits).toEqual(defaultLimits);
  });

  test('are in the documentation and in .env.example as they are (npm run limits)', () => {
    for (const { now, wanted } of limitsInFiles()) expect(now).toBe(wanted);
  });
});
