import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { build } from 'vite';

const ENTRY = fileURLToPath(new URL('../page/main.ts', import.meta.url));

/** The files of the built page, by name. */
export type Files = ReadonlyMap<string, string>;

/** Builds the page as a user's bundler does. */
export async function buildPage(): Promise<Files> {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"development"' },
    build: { write: false, minify: false, modulePreload: false, rollupOptions: { input: ENTRY } },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error('Nothing was built.');
  const [entry] = output.output;
  const files = new Map<string, string>();
  for (const file of output.output) if (file.type === 'chunk') files.set(file.fileName, file.code);
  return files.set(
    '',
    `<!doctype html><title>Test</title><link rel="icon" href="data:,"><div id="root"></div>
     <script type="module" src="/${entry.fileName}"></script>`,
  );
}

/** Serves a built page; its URL. */
export async function servePage(files: Files): Promise<string> {
  const server = createServer(({ url = '/' }, response) => {
    const body = files.get(url.slice(1));
    const type = url === '/' ? 'text/html; charset=utf-8' : 'text/javascript';
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': type }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}
