import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/settings/index.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
/** What whoever starts it has to bring. */
const SECRETS = { POSTGRES_PASSWORD: 'hunter2', AUTH_JWT_SECRET: 'x'.repeat(32) };

interface Service {
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, object>> | readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
}

/** The file as Docker Compose reads it with these variables; throws with the file's own message where one is missing. */
function compose(variables: Readonly<Record<string, string>>): Compose {
  const text = read('docker-compose.yml').replaceAll(/^ *#.*$/gm, '');
  const filled = text.replaceAll(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, kind: string | undefined, rest: string) => {
      const value = variables[name];
      if (value) return value;
      if (kind === '?') throw new Error(rest);
      return kind === '-' ? rest : '';
    },
  );
  return parse(filled, { merge: true }) as Compose;
}

/** The settings that the image brings itself. */
function imageSettings(): Readonly<Record<string, string>> {
  const [, pairs = ''] = /^ENV (.*)$/m.exec(read('Dockerfile')) ?? [];
  return Object.fromEntries(pairs.split(' ').map((pair) => pair.split('=') as [string, string]));
}

function nodesOf({ services }: Compose): readonly (readonly [string, Service])[] {
  return Object.entries(services).filter(([name]) => name.startsWith('node-'));
}

describe('docker-compose.yml', () => {
  test('gives each node settings that the service takes, with authentication and a log that is shared', () => {
    const { services } = compose(SECRETS);
    const nodes = nodesOf({ services, volumes: {} });
    expect(nodes).toHaveLength(3);
    const known = new Set([...read('.env.example').matchAll(/^#? ?([A-Z_]+)=/gm)].map(([, name]) => name));
    const {
      POSTGRES_USER: user,
      POSTGRES_PASSWORD: password,
      POSTGRES_DB: database,
    } = services['postgres']?.environment ?? {};
    for (const [name, { environment = {} }] of nodes) {
      expect(Object.keys(environment).filter((setting) => !known.has(setting))).toEqual([]);
      const texts = Object.entries(environment).map(([key, value]) => [key, String(value)] as const);
      const config = readConfig({ ...imageSettings(), ...Object.fromEntries(texts) });
      expect(config).toMatchObject({ nodeName: name, host: '0.0.0.0', dataDir: '/data', console: true });
      expect(config.auth?.key).toEqual({ secret: SECRETS.AUTH_JWT_SECRET });
      expect(config.eventLogUrl).toBe(`postgres://${user}:${password}@postgres:5432/${database}`);
      const [, hostPort] = /^127\.0\.0\.1:(\d+):4000$/.exec(services[name]?.ports?.[0] ?? '') ?? [];
      expect(config.nodeUrl).toBe(`http://127.0.0.1:${hostPort}`);
      expect(config.port).toBe(4000);
    }
  });

  test('does not start without its secrets, and says which', () => {
    const { POSTGRES_PASSWORD, AUTH_JWT_SECRET } = SECRETS;
    expect(() => compose({ AUTH_JWT_SECRET })).toThrow('Set POSTGRES_PASSWORD');
    expect(() => compose({ POSTGRES_PASSWORD })).toThrow('Set AUTH_JWT_SECRET to a secret of 32 characters');
  });

  test('names only volumes, files and services that there are, and listens on the loopback address only', () => {
    const all = compose(SECRETS);
    const named = Object.values(all.services).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')),
    );
    for (const [source = ''] of named)
      expect(source.startsWith('./') ? existsSync(join(ROOT, source)) : source in all.volumes, source).toBe(
        true,
      );
    for (const { depends_on: needed = [], ports = [] } of Object.values(all.services)) {
      const names = Array.isArray(needed) ? needed : Object.keys(needed);
      expect(names.filter((name: string) => !(name in all.services))).toEqual([]);
      expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    }
  });
});

describe('The proxy’s file', () => {
  test('names all nodes at their port, and asks the probe', () => {
    const text = read('docker/Caddyfile');
    const [, upstreams = ''] = /reverse_proxy ([^{]+) \{/.exec(text) ?? [];
    expect(upstreams.split(' ')).toEqual(nodesOf(compose(SECRETS)).map(([name]) => `${name}:4000`));
    expect(text).toContain('health_uri /readyz');
    const [, port] = /^:(\d+) \{/m.exec(text) ?? [];
    expect(compose(SECRETS).services['proxy']?.ports).toEqual([`127.0.0.1:4000:${port}`]);
  });
});

describe('The Dockerfile', () => {
  test('runs what npm start runs, not as root, with all that it reads', () => {
    const text = read('Dockerfile');
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const [, command = ''] = /^CMD (\[.*\])$/m.exec(text) ?? [];
    expect((JSON.parse(command) as string[]).join(' ')).toBe(scripts['start']);
    expect(text.lastIndexOf('USER node')).toBeGreaterThan(text.lastIndexOf('FROM '));
    const copied = [...text.matchAll(/^COPY --from=build \/app\/(\S+)/gm)].map(([, path]) => path ?? '');
    expect(copied.sort()).toEqual(['dist', 'drizzle', 'node_modules', 'package.json']);
  });

  test('is refused by the service without settings for authentication', () => {
    expect(() => readConfig(imageSettings())).toThrow(/open to everybody/);
  });

  test('leaves nothing out that the build needs', () => {
    const ignored = read('.dockerignore').trim().split('\n');
    for (const needed of [
      'src',
      'web',
      'drizzle',
      'package.json',
      'package-lock.json',
      'tsconfig.build.json',
    ])
      expect(ignored).not.toContain(needed);
    expect(ignored).toEqual(expect.arrayContaining(['.env', 'data', 'node_modules', '.git']));
  });
});
