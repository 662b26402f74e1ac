import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../src/settings/index.js';
import { runMain } from '../support/main-process.js';
import { tempDir } from '../support/temp-dir.js';
import { until } from '../support/until.js';

const SECRET = 'a secret that nobody may ever read in a log';
const AUTH = { AUTH_JWT_SECRET: SECRET, AUTH_ISSUER: 'https://issuer.test', AUTH_AUDIENCE: 'tidemark' };
const { AUTH_JWT_SECRET: _, ...WITHOUT_KEY } = AUTH;
const KEY_SET = { AUTH_JWKS_URL: 'https://issuer.test/keys' };

function refusalOf(environment: Record<string, string>): string {
  try {
    readConfig(environment);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('It was not refused.');
}

describe('The settings of authentication', () => {
  test('are a secret or a key set, an issuer and an audience', () => {
    const who = { issuer: AUTH.AUTH_ISSUER, audience: AUTH.AUTH_AUDIENCE };
    expect(readConfig(AUTH).auth).toEqual({ key: { secret: SECRET }, ...who });
    const auth = readConfig({ ...WITHOUT_KEY, ...KEY_SET, AUTH_JWT_SECRET: '' }).auth;
    expect(auth).toEqual({ key: { keySetUrl: KEY_SET.AUTH_JWKS_URL }, ...who });
  });

  test('may be left out on a loopback host only', () => {
    for (const HOST of ['localhost', '127.0.0.1', '127.1.2.3', '::1']) {
      expect(readConfig({ HOST }).auth).toBeNull();
    }
    for (const HOST of ['0.0.0.0', '::', '192.168.1.7', 'example.org', '127.0.0.1.example.org']) {
      expect(refusalOf({ HOST })).toContain(`open to everybody, and HOST=${HOST} can be reached`);
      expect(readConfig({ HOST, ...AUTH }).host).toBe(HOST);
    }
  });

  test('may not be left out in production, which is closed in all else too', () => {
    expect(refusalOf({ NODE_ENV: 'production' })).toContain('NODE_ENV is production');
    const production = readConfig({ NODE_ENV: 'production', ...AUTH });
    expect(production).toMatchObject({ introspection: false, playground: false, origins: [] });
    const asked = {
      INTROSPECTION: 'on',
      PLAYGROUND: 'on',
      CORS_ORIGINS: 'https://a.example, https://b.example',
    };
    expect(readConfig({ NODE_ENV: 'production', ...AUTH, ...asked })).toMatchObject({
      introspection: true,
      playground: true,
      origins: ['https://a.example', 'https://b.example'],
    });
  });

  const wrong: [string, Record<string, string>, string][] = [
    ['no issuer', { ...AUTH, AUTH_ISSUER: '' }, 'AUTH_ISSUER=  expected: who signs'],
    ['no audience', { ...AUTH, AUTH_AUDIENCE: '' }, 'AUTH_AUDIENCE=  expected: whom'],
    ['no key', WITHOUT_KEY, 'AUTH_JWT_SECRET=  expected: a secret, or AUTH_JWKS_URL'],
    ['two keys', { ...AUTH, ...KEY_SET }, 'AUTH_JWKS_URL  expected: either this or AUTH_JWT_SECRET'],
    ['a short secret', { ...AUTH, AUTH_JWT_SECRET: 'short' }, 'AUTH_JWT_SECRET=…  expected: a secret of 32'],
    [
      'a key set that is no URL',
      { ...WITHOUT_KEY, AUTH_JWKS_URL: 'file:///keys' },
      'expected: a URL with http',
    ],
    ['INTROSPECTION=yes', { INTROSPECTION: 'yes' }, 'INTROSPECTION=yes  expected: on or off'],
  ];
  for (const [title, environment, message] of wrong) {
    test(`with ${title} are refused`, () => {
      expect(refusalOf(environment)).toContain(message);
    });
  }

  test('never show a secret', () => {
    const bad = [
      { ...AUTH, AUTH_JWT_SECRET: 'hush' },
      { ...AUTH, PORT: 'x' },
      { ...AUTH, ...KEY_SET },
    ];
    for (const environment of bad) expect(refusalOf(environment)).not.toMatch(/hush|a secret that/);
  });
});

describe('The process', () => {
  test('says loudly that everybody is the developer where authentication is off', async () => {
    const service = runMain({ DATA_DIR: tempDir(), LOG_LEVEL: 'warn' });
    await service.url();
    const said = () => service.output().match(/everybody at this machine is the developer/g);
    await until(() => expect(said()).toHaveLength(2));
  });

  test('says nothing of the kind, and nothing of the secret, where it is on', async () => {
    const service = runMain({ DATA_DIR: tempDir(), NODE_ENV: 'production', LOG_LEVEL: 'trace', ...AUTH });
    const url = await service.url();
    expect(service.output()).not.toMatch(/developer|a secret that/);
    expect((await fetch(`${url}/`)).status).toBe(404);
  });

  test('does not start open in production', async () => {
    const service = runMain({ DATA_DIR: tempDir(), NODE_ENV: 'production' });
    expect(await service.ended).toBe(1);
    expect(service.output()).toMatch(/Tidemark cannot start\. Without authentication .* AUTH_JWT_SECRET/);
    expect(service.output()).not.toContain('    at ');
  });
});
