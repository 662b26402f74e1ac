import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/config.js';

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

  test('that are wrong are all named at once', () => {
    const message = refusalOf({ PORT: 'x', DURABILITY: 'y' });
    expect(message).toContain('PORT=x');
    expect(message).toContain('DURABILITY=y');
  });
});
