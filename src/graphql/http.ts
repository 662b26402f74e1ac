import type { ApolloServer, HTTPGraphQLResponse } from '@apollo/server';
import { HeaderMap } from '@apollo/server';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TidemarkError } from '../kernel/index.js';
import type { RequestContext } from './context.js';
import { headersFor, statusOf } from './errors.js';

/** The largest request body, in bytes. */
export const BODY_BYTES_MAX = 262_144;

/** A request that is refused before GraphQL sees it. */
class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** Answers GraphQL over HTTP: POST with a JSON body, GET with the query in the URL. */
export function createHttpHandler(
  apollo: ApolloServer<RequestContext>,
  contextOf: (request: IncomingMessage, gone: AbortSignal) => Promise<RequestContext>,
  report: (error: unknown) => void,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    try {
      const method = methodOf(request);
      const context = await contextOf(request, goneWith(response));
      const body = method === 'POST' ? await readJson(request) : undefined;
      const answer = await apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method, headers: headersOf(request), search: searchOf(request), body },
        context: async () => context,
      });
      await send(response, answer);
    } catch (error) {
      refuse(request, response, toRefused(request, error, report));
    }
  };
}

/** Aborts when the client goes away before it has its answer, so that nothing waits for nobody. */
function goneWith(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

function toRefused(request: IncomingMessage, error: unknown, report: (error: unknown) => void): Refused {
  if (error instanceof Refused) return error;
  if (error instanceof TidemarkError) {
    return new Refused(statusOf(error.code), error.code, error.message, headersFor(error.code));
  }
  // Clients that go away in the middle of a body are no failure of ours.
  if (request.errored !== null) return new Refused(400, 'BAD_REQUEST', 'The body was cut short.');
  report(error);
  return new Refused(500, 'INTERNAL', 'Something went wrong on our side. It has been logged.');
}

function methodOf({ method = '' }: IncomingMessage): 'GET' | 'POST' {
  if (method === 'GET' || method === 'POST') return method;
  throw new Refused(405, 'BAD_REQUEST', 'Use POST, or GET for queries.', { allow: 'GET, POST' });
}

function searchOf({ url = '' }: IncomingMessage): string {
  const at = url.indexOf('?');
  return at === -1 ? '' : url.slice(at);
}

function headersOf(request: IncomingMessage): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}

function checkContentType(request: IncomingMessage): void {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity') throw new Refused(415, 'BAD_REQUEST', 'Send the body without compression.');
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  if (type.trim() !== 'application/json') {
    throw new Refused(415, 'BAD_REQUEST', 'Send the body as content-type: application/json.');
  }
  const charset = parameters.map((text) => text.trim()).find((text) => text.startsWith('charset='));
  if (charset !== undefined && !/^charset="?utf-?8"?$/.test(charset)) {
    throw new Refused(415, 'BAD_REQUEST', 'Send the body in UTF-8.');
  }
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  checkContentType(request);
  const bytes = await readBody(request);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Refused(400, 'BAD_REQUEST', 'The body is not valid UTF-8.');
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Refused(400, 'BAD_REQUEST', `The body is not valid JSON: ${(error as SyntaxError).message}`);
  }
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const tooLarge = (): Refused =>
    new Refused(413, 'BAD_REQUEST', `The body is over ${BODY_BYTES_MAX} bytes.`, {
      connection: 'close',
    });
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, bytes);
}

async function send(
  response: ServerResponse,
  { status = 200, headers, body }: HTTPGraphQLResponse,
): Promise<void> {
  const head = Object.fromEntries(headers);
  if (body.kind === 'complete') {
    response.writeHead(status, { ...head, 'content-length': Buffer.byteLength(body.string) });
    response.end(body.string);
    return;
  }
  response.writeHead(status, head);
  for await (const chunk of body.asyncIterator) response.write(chunk);
  response.end();
}

function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  { status, code, message, headers }: Refused,
): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const body = JSON.stringify({ errors: [{ message, extensions: { code } }] });
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
  // What is left of a refused body is not worth reading.
  if (!request.complete) response.once('finish', () => request.destroy());
}
