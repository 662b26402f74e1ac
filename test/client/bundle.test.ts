import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Plugin, type Rolldown } from 'vite';
import { describe, expect, test } from 'vitest';

const KB = 1_000;
/** Of the client that a page loads first, without graphql-ws, in bytes after gzip. */
const CLIENT_MAX = 6 * KB;
/** Of what an adapter adds to a page that has the client already, at most. */
const ENTRY_MAX = 5 * KB;

const peers = /^(react|@urql\/core|@apollo\/client|graphql-ws)(\/|$)/;
const door = (entry: string): string => fileURLToPath(new URL(`../../src/client/${entry}`, import.meta.url));

interface Bundle {
  readonly code: string;
  readonly gzip: number;
  /** The files that are in it. */
  readonly modules: readonly string[];
  /** What it leaves to be loaded. */
  readonly imports: readonly string[];
  readonly dynamicImports: readonly string[];
}

/** What a page's bundler makes of a source text. */
async function bundle(source: string): Promise<Bundle> {
  const entry: Plugin = {
    name: 'entry',
    resolveId: (id) => (id === 'entry' ? '\0entry' : null),
    load: (id) => (id === '\0entry' ? source : null),
  };
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [entry],
    build: {
      write: false,
      modulePreload: false,
      rollupOptions: { input: 'entry', external: peers, preserveEntrySignatures: 'strict' },
    },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error('Nothing was built.');
  const chunks = output.output.filter((one) => one.type === 'chunk');
  const loaded = closureOf(chunks);
  const code = loaded.map((chunk) => chunk.code).join('\n');
  const local = new Set(chunks.map(({ fileName }) => fileName));
  return {
    code,
    gzip: gzipSync(code).length,
    modules: loaded.flatMap(({ moduleIds }) => moduleIds).filter((id) => !id.startsWith('\0')),
    imports: loaded.flatMap(({ imports }) => imports).filter((name) => !local.has(name)),
    dynamicImports: loaded.flatMap(({ dynamicImports }) => dynamicImports),
  };
}

type Chunk = Extract<Rolldown.RolldownOutput['output'][number], { type: 'chunk' }>;

/** The first chunk and all that it imports, which are loaded together. */
function closureOf(chunks: readonly Chunk[]): readonly Chunk[] {
  const loaded = chunks.slice(0, 1);
  for (const { imports } of loaded)
    for (const name of imports) {
      const chunk = chunks.find(({ fileName }) => fileName === name);
      if (chunk !== undefined && !loaded.includes(chunk)) loaded.push(chunk);
    }
  return loaded;
}

const entries: readonly (readonly [name: string, file: string, names: string, peers: readonly string[]])[] = [
  ['tidemark/client', 'index.ts', 'createClient', []],
  ['tidemark/client/urql', 'urql/index.ts', '*', ['@urql/core']],
  ['tidemark/client/apollo', 'apollo/index.ts', '*', ['@apollo/client']],
  ['tidemark/client/react', 'react/index.ts', '*', ['react']],
];

function taking(names: string, file: string): Promise<Bundle> {
  const taken = names === '*' ? '*' : `{ ${names} }`;
  return bundle(`export ${taken} from ${JSON.stringify(door(file))};`);
}

describe('What a page loads', () => {
  test.each(entries)('with %s is small, and nothing of the service', async (name, file, names, expected) => {
    const { gzip, modules, imports, code } = await taking(names, file);
    console.log(`${name}: ${(gzip / KB).toFixed(2)} kB after gzip`);
    expect(gzip).toBeLessThanOrEqual(name === 'tidemark/client' ? CLIENT_MAX : ENTRY_MAX);
    expect(modules.filter((id) => !id.startsWith(door('')))).toEqual([]);
    expect(imports).toEqual(expected);
    expect(code).not.toMatch(/["'`]node:|__vite-browser-external/);
  });

  test('with the client is graphql-ws only when it subscribes', async () => {
    const { dynamicImports, imports } = await taking('createClient', 'index.ts');
    expect(imports).toEqual([]);
    expect(dynamicImports).toEqual([expect.stringMatching(/socket-.*\.js$/), 'graphql-ws']);
  });

  test('is only what it takes', async () => {
    const whole = await taking('*', 'index.ts');
    const client = await taking('createClient', 'index.ts');
    const memory = await taking('createMemory', 'index.ts');
    const isAfter = await taking('isAfter', 'index.ts');
    console.log(
      `all ${whole.gzip}, createClient ${client.gzip}, createMemory ${memory.gzip}, isAfter ${isAfter.gzip} bytes after gzip`,
    );
    expect(memory.gzip).toBeLessThan(client.gzip / 2);
    expect(isAfter.gzip).toBeLessThan(memory.gzip / 2);
    expect(memory.code).not.toContain('retry-after');
    expect(whole.gzip).toBeGreaterThanOrEqual(client.gzip);
  });

  test('would fail this test with a module of the service in it', async () => {
    const { modules, code } = await bundle(
      `export { isUuid } from ${JSON.stringify(door('../kernel/ids.ts'))};`,
    );
    expect(code).toMatch(/node:|__vite-browser-external/);
    expect(modules.filter((id) => !id.startsWith(door(''))).length).toBeGreaterThan(0);
  });
});

describe('The package', () => {
  const require = createRequire(import.meta.url);
  // JSON is what it is; these are the parts that are read.
  const packageJson = require('../../package.json') as {
    exports: Record<string, string | { types: string; import: string }>;
    peerDependenciesMeta: Record<string, { optional: boolean }>;
    sideEffects: readonly string[];
  };

  test('has a door for each entry, and what it stands on is optional', () => {
    for (const [name] of entries) {
      const door = packageJson.exports[name.replace('tidemark', '.')];
      expect(door).toEqual({
        types: expect.stringMatching(/^\.\/dist\/client\/.*index\.d\.ts$/) as string,
        default: expect.stringMatching(/^\.\/dist\/client\/.*index\.js$/) as string,
      });
    }
    for (const peer of entries.flatMap(([, , , names]) => names))
      expect(packageJson.peerDependenciesMeta[peer]?.optional).toBe(true);
    expect(packageJson.sideEffects.filter((pattern) => pattern.includes('client'))).toEqual([]);
  });
});
