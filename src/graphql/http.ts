import type { ApolloServer, HTTPGraphQLResponse } from '@apollo/server';
import { HeaderMap } from '@apollo/server';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TidemarkError } from '../kernel/index.js';
import type { RequestContext } from './context.js';
import { headersFor, statusOf } from './errors.js';
import { IDEMPOTENCY_KEY_HEADER } from './idempotency-key.js';
import type { Limits } from './limits/index.js';
import { timeFor, type OperationTime } from './operation-time.js';

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

/** What the handler works with. */
export interface HttpHandlerOptions {
  readonly apollo: ApolloServer<RequestContext>;
  /** The context of one operation, for whoever the request says it is from. */
  readonly contextOf: (request: IncomingMessage, time: OperationTime) => Promise<RequestContext>;
  readonly limits: Pick<Limits, 'bodyBytes' | 'batch' | 'operationMs'>;
  readonly report: (error: unknown) => void;
}

/** Answers GraphQL over HTTP: POST with a JSON body, GET with the query in the URL. Resolves in time, come what may. */
export function createHttpHandler({
  apollo,
  contextOf,
  limits,
  report,
}: HttpHandlerOptions): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  async function answer(request: IncomingMessage, time: OperationTime): Promise<HTTPGraphQLResponse> {
    const method = methodOf(request);
    const context = await contextOf(request, time);
    const body = method === 'POST' ? await readJson(request, limits.bodyBytes) : undefined;
    const execute = (one: unknown, its: RequestContext): Promise<HTTPGraphQLResponse> =>
      apollo.executeHTTPGraphQLRequest({
        httpGraphQLRequest: { method, headers: headersOf(request), search: searchOf(request), body: one },
        context: async () => its,
      });
    if (!Array.isArray(body)) return execute(body, context);
    checkBatch(body.length, limits.batch);
    if (IDEMPOTENCY_KEY_HEADER in request.headers)
      throw new Refused(400, 'BAD_REQUEST', 'An Idempotency-Key goes with one operation, not with a batch.');
    const bodies: unknown[] = body;
    // A context is one operation's.
    return inTurn(bodies, async (one) => execute(one, await contextOf(request, time)), time.signal);
  }

  return async (request, response) => {
    const time = timeFor(response, limits.operationMs);
    try {
      await send(response, await time.within(answer(request, time)));
    } catch (error) {
      refuse(request, response, toRefused(request, error, report));
    }
  };
}

function checkBatch(operations: number, most: number): void {
  if (operations > 0 && operations <= most) return;
  const message =
    most === 0
      ? 'Batches are not taken here: send one operation as an object, not a list.'
      : `A batch has 1 to ${most} operations, got ${operations}.`;
  throw new Refused(400, 'BAD_REQUEST', message);
}

/** Runs the operations of a batch one after another, until nobody waits any more; answers with the list of answers. */
async function inTurn(
  bodies: readonly unknown[],
  execute: (body: unknown) => Promise<HTTPGraphQLResponse>,
  signal: AbortSignal,
): Promise<HTTPGraphQLResponse> {
  const texts: string[] = [];
  for (const body of bodies) {
    if (signal.aborted) break;
    const answer = await execute(body);
    if (answer.body.kind === 'complete') texts.push(answer.body.string);
  }
  const headers = new HeaderMap([['content-type', 'application/json; charset=utf-8']]);
  return { status: 200, headers, body: { kind: 'complete', string: `[${texts.join(',')}]` } };
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

async function readJson(request: IncomingMessage, bytesMax: number): Promise<unknown> {
  checkContentType(request);
  const bytes = await readBody(request, bytesMax);
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

async function readBody(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  const tooLarge = (): Refused =>
    new Refused(413, 'BAD_REQUEST', `The body is over ${bytesMax} bytes.`, {
      connection: 'close',
    });
  if (Number(request.headers['content-length'] ?? 0) > bytesMax) throw tooLarge();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw tooLarge();
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
