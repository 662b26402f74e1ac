import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createPlayground } from '../../src/graphql/playground/index.js';
import type { PlaygroundTab } from '../../src/graphql/playground/index.js';
import { browserStartTimeoutMs, launchBrowser, withPage } from '../support/browser.js';
import type { PageRecord } from '../support/browser.js';
import { startPlaygroundServer } from './playground-server.js';
import type { PlaygroundServer } from './playground-server.js';

const tabs: readonly PlaygroundTab[] = [
  {
    title: 'Greet somebody',
    query: '# Greets.\nquery Greeting($name: String!) {\n  greeting(name: $name)\n}\n',
    variables: '{ "name": "</script>" }',
  },
  { title: 'Count for ever', query: 'subscription Ticks {\n  ticks\n}\n' },
  { title: 'Name the caller', query: 'query Caller {\n  caller\n}\n', headers: '{ "caller": "ada" }' },
  { title: 'Push the caller', query: 'subscription Pushed {\n  caller\n}\n', headers: '{ "caller": "eve" }' },
];

const patience = { timeout: 30_000 };

let server: PlaygroundServer;
beforeAll(async () => {
  server = await startPlaygroundServer(tabs);
});
afterAll(() => server.close());

describe('the playground in a browser', { timeout: 60_000 }, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  }, browserStartTimeoutMs);
  afterAll(() => browser.close());

  const onPlayground = (use: (page: Page, record: PageRecord) => Promise<void>): Promise<void> =>
    withPage(browser, async (page, record) => {
      await page.goto(server.origin);
      await editorShows(page, 'Greeting');
      await use(page, record);
      expect(record.violations).toEqual([]);
      expect(record.errors).toEqual([]);
    });

  it('loads everything from its own origin, without an error or a policy violation', () =>
    onPlayground(async (page, record) => {
      expect(await page.title()).toBe('Tidemark <playground>');
      expect(await page.locator('.graphiql-logo').textContent()).toBe('Tidemark');
      const remote = record.requests.filter(
        (url) => !url.startsWith('data:') && !url.startsWith(`${server.origin}/`),
      );
      expect(remote).toEqual([]);
    }));

  it('opens the given tabs the first time, with the variables of the first', () =>
    onPlayground(async (page) => {
      expect(await tabNames(page)).toEqual(['Greeting', 'Ticks', 'Caller', 'Pushed']);
      expect(await editorText(page, 'Query Editor')).toBe(tabs[0]?.query);
      expect(await editorText(page, 'Variables')).toBe(tabs[0]?.variables);
    }));

  it('reads the schema, so that the editor marks an unknown field', () =>
    onPlayground(async (page) => {
      await setEditorText(page, 'Query Editor', 'query Wrong { nothing }');
      await page.locator('.CodeMirror-lint-mark-error').first().waitFor();
    }));

  it('runs a query with the execute button and shows the result', () =>
    onPlayground(async (page) => {
      await execute(page);
      await resultShows(page, '"greeting": "Hello, </script>"');
    }));

  it('runs a subscription over a WebSocket and shows values as they arrive, until it is stopped', () =>
    onPlayground(async (page, record) => {
      await selectTab(page, 'Ticks');
      await execute(page);
      await resultShows(page, '"ticks": 2');
      await resultShows(page, '"ticks": 5');
      expect(record.sockets).toEqual([`${server.origin.replace('http', 'ws')}/graphql`]);
      expect(record.framesReceived.filter((frame) => frame.includes('"ticks":')).length).toBeGreaterThan(4);
      await page.getByRole('button', { name: 'Stop query' }).click();
      await vi.waitUntil(() => server.socketCount() === 0, patience);
    }));

  it("sends a tab's headers with a query and with the connection of a subscription", () =>
    onPlayground(async (page) => {
      await selectTab(page, 'Caller');
      await execute(page);
      await resultShows(page, '"caller": "ada"');
      await selectTab(page, 'Pushed');
      await execute(page);
      await resultShows(page, '"caller": "eve"');
    }));

  it('gives the execute button back when a subscription completes', () =>
    onPlayground(async (page) => {
      await selectTab(page, 'Pushed');
      await execute(page);
      await resultShows(page, '"caller": "eve"');
      await executeButton(page).waitFor();
      await vi.waitUntil(() => server.socketCount() === 0, patience);
    }));

  it('keeps the tabs as they were left, over a reload', () =>
    onPlayground(async (page) => {
      await page.getByRole('button', { name: 'Close Tab' }).first().click();
      await setEditorText(page, 'Query Editor', 'query Mine { caller }');
      await until(
        page,
        "localStorage.getItem('tidemark-playground:graphiql:tabState')?.includes('query Mine')",
      );
      const left = await tabNames(page);
      await page.reload();
      await editorShows(page, 'Mine');
      expect(await tabNames(page)).toEqual(left);
    }));

  it('brings a closed operation back from the list of ready operations', () =>
    onPlayground(async (page) => {
      await page.getByRole('button', { name: 'Close Tab' }).first().click();
      expect(await tabNames(page)).toEqual(['Ticks', 'Caller', 'Pushed']);
      await page.getByRole('button', { name: 'Show Ready operations' }).click();
      await page.getByRole('button', { name: 'Greet somebody' }).click();
      await editorShows(page, 'Greeting');
      expect(await tabNames(page)).toEqual(['Ticks', 'Caller', 'Pushed', 'Greeting']);
      await execute(page);
      await resultShows(page, '"greeting": "Hello, </script>"');
    }));

  it('goes to the tab of a ready operation that is open', () =>
    onPlayground(async (page) => {
      await page.getByRole('button', { name: 'Show Ready operations' }).click();
      await page.getByRole('button', { name: 'Name the caller' }).click();
      await editorShows(page, 'Caller');
      expect(await tabNames(page)).toHaveLength(tabs.length);
    }));

  it('styles dialogs and the search field within the policy', () =>
    onPlayground(async (page) => {
      await page.getByRole('button', { name: 'Open settings dialog' }).click();
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'hidden' });
      await page.locator('.graphiql-query-editor .CodeMirror').click();
      await page.keyboard.press('Alt+g');
      await page.locator('.CodeMirror-dialog').waitFor();
    }));

  it.each(['light', 'dark'] as const)('is %s when the system is', (colorScheme) =>
    withPage(
      browser,
      async (page) => {
        await page.goto(server.origin);
        await editorShows(page, 'Greeting');
        const colour = await page.evaluate<string>(
          "getComputedStyle(document.querySelector('.graphiql-container')).backgroundColor",
        );
        const brightness = Math.max(...(colour.match(/\d+/g) ?? []).slice(0, 3).map(Number));
        expect(brightness > 128 ? 'light' : 'dark').toBe(colorScheme);
      },
      { colorScheme },
    ),
  );
});

describe('the playground over HTTP', () => {
  it('sends the page with a policy that allows nothing inline and nothing from elsewhere', async () => {
    const { status, headers } = await get('/');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    });
    const policy = String(headers['content-security-policy']).split('; ');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy.join()).not.toMatch(/unsafe-inline|unsafe-eval|\*/);
  });

  it('makes a new nonce for every page', async () => {
    const nonces = await Promise.all([get('/'), get('/')]).then((pages) =>
      pages.map(({ body }) => /nonce="([^"]+)"/.exec(body.toString())?.[1]),
    );
    expect(new Set(nonces).size).toBe(2);
  });

  it('writes the title as text and no script into the page', async () => {
    const html = (await get('/')).body.toString();
    expect(html).toContain('<title>Tidemark &#60;playground&#62;</title>');
    expect(html).not.toMatch(/<script(?! src="playground\/)/);
  });

  it('sends every file of the page to be cached for ever, in either encoding', async () => {
    const paths = await filePaths();
    expect(paths.length).toBeGreaterThan(6);
    for (const path of paths) {
      const plain = await get(path);
      const zipped = await get(path, { 'accept-encoding': 'br, gzip' });
      expect(plain.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'cache-control': 'public, max-age=31536000, immutable',
        vary: 'Accept-Encoding',
      });
      expect(plain.headers['content-type']).toMatch(
        /^(text\/(javascript|css)|image\/svg\+xml); charset=utf-8$/,
      );
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(zipped.headers['content-encoding']).toBe('gzip');
      expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
    }
  });

  it('sends a file plain to a client that refuses gzip', async () => {
    const [path = ''] = await filePaths();
    const { headers } = await get(path, { 'accept-encoding': 'gzip;q=0' });
    expect(headers['content-encoding']).toBeUndefined();
  });

  it('answers 304 to a client that has the file', async () => {
    const [path = ''] = await filePaths();
    const { etag = '' } = (await get(path)).headers;
    for (const known of [etag, etag.replace('W/', ''), `"other", ${etag}`, '*']) {
      expect(await get(path, { 'if-none-match': known })).toMatchObject({ status: 304, headers: { etag } });
    }
    expect((await get(path, { 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    for (const path of ['/', ...(await filePaths())]) {
      const [head, whole] = [await send('HEAD', path), await get(path)];
      expect(head.status).toBe(200);
      expect(head.body).toHaveLength(0);
      expect(head.headers['content-length']).toBe(whole.headers['content-length']);
      expect(head.headers['content-type']).toBe(whole.headers['content-type']);
    }
  });

  it.each([
    '/playground/',
    '/playground/package.json',
    '/playground/../package.json',
    '/playground/../../package.json',
    '/playground/%2e%2e/package.json',
    '/playground/%2e%2e%2fpackage.json',
    '/playground/..%5cpackage.json',
    '/playground/..\\package.json',
    '/playground//etc/passwd',
    '/playground/package.json%00.js',
    '/playground/graphiql.min.js',
    '/playground/__proto__',
    '/playground/constructor',
  ])('answers 404 to %s', async (path) => {
    const { status, body, headers } = await get(path);
    expect(status).toBe(404);
    expect(body.toString()).toBe('Not found.\n');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it.each(['/playground', '/playgrounds', '/graphiql', '//', '/index.html', '/../playground/x', '/%2e'])(
    'leaves %s to its caller',
    async (path) => {
      expect((await get(path)).body.toString()).toBe('left alone');
    },
  );

  it('leaves methods other than GET and HEAD to its caller', async () => {
    for (const path of ['/', ...(await filePaths())]) {
      for (const method of ['POST', 'OPTIONS', 'DELETE']) {
        expect((await send(method, path)).body.toString()).toBe('left alone');
      }
    }
  });

  it('shows the page whatever the query string is', async () => {
    expect((await get('/?utm=1')).headers['content-type']).toBe('text/html; charset=utf-8');
  });
});

describe('createPlayground', () => {
  const right = { endpoint: '/graphql', title: 'Tidemark', tabs };

  it.each([
    ['an endpoint on another host', { ...right, endpoint: 'https://example.org/graphql' }],
    ['an endpoint relative to the scheme', { ...right, endpoint: '//example.org/graphql' }],
    ['an empty title', { ...right, title: ' ' }],
    ['a tab without a title', { ...right, tabs: [{ title: '', query: '{ a }' }] }],
    ['a tab without a query', { ...right, tabs: [{ title: 'A', query: '' }] }],
  ])('refuses %s', (_what, options) => {
    expect(() => createPlayground(options)).toThrow(TypeError);
  });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const get = (path: string, headers: Record<string, string> = {}): Promise<Answer> =>
  send('GET', path, headers);

/** Sends the path as it is: fetch would tidy it up first. */
function send(method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    httpRequest(server.origin, { method, path, headers, agent: false }, (response) => {
      const answer = { status: response.statusCode, headers: response.headers };
      buffer(response).then((body) => resolve({ ...answer, body }), reject);
    })
      .on('error', reject)
      .end();
  });
}

async function filePaths(): Promise<string[]> {
  const html = (await get('/')).body.toString();
  return [...html.matchAll(/(?:src|href)="(playground\/[^"]+)"/g)].map(([, url]) => `/${url}`);
}

const executeButton = (page: Page) => page.getByRole('button', { name: 'Execute query' });
const execute = (page: Page): Promise<void> => executeButton(page).click();

const tabNames = (page: Page): Promise<string[]> => page.locator('.graphiql-tab-button').allTextContents();

async function selectTab(page: Page, operation: string): Promise<void> {
  await page.locator('.graphiql-tab-button', { hasText: operation }).click();
  await editorShows(page, operation);
}

/** Not page.waitForFunction: it evaluates text inside the page, where the policy forbids that. */
async function until(page: Page, condition: string): Promise<void> {
  await vi.waitUntil(() => page.evaluate<boolean>(`Boolean(${condition})`), patience);
}

const editorIn = (label: string): string =>
  `document.querySelector('[aria-label="${label}"] .CodeMirror').CodeMirror`;

/** Waits until the editor has parsed the operation: until then a run would send the one before. */
async function editorShows(page: Page, operation: string): Promise<void> {
  await page.locator('.graphiql-query-editor .CodeMirror').waitFor();
  await until(page, `${editorIn('Query Editor')}.operationName === '${operation}'`);
}

const editorText = (page: Page, label: string): Promise<string> =>
  page.evaluate(`${editorIn(label)}.getValue()`);

const setEditorText = (page: Page, label: string, text: string): Promise<void> =>
  page.evaluate(`${editorIn(label)}.setValue(${JSON.stringify(text)})`);

async function resultShows(page: Page, text: string): Promise<void> {
  await page.locator('.graphiql-response .CodeMirror-code', { hasText: text }).waitFor();
}
