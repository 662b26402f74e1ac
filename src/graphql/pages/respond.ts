import { randomBytes } from 'node:crypto';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Asset, AssetContent } from './asset.js';

const safetyHeaders: OutgoingHttpHeaders = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const NONCE_BYTES = 16;

/** A nonce for one response. */
export function newNonce(): string {
  return randomBytes(NONCE_BYTES).toString('base64');
}

/** Sends the page; it is never stored, because its nonce is good for one response. */
export function answerPage(
  request: IncomingMessage,
  response: ServerResponse,
  html: string,
  policy: string,
): void {
  const body = Buffer.from(html);
  response.writeHead(200, {
    ...safetyHeaders,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': body.length,
    'Content-Security-Policy': policy,
    'Cache-Control': 'no-store',
  });
  end(request, response, body);
}

/** Sends a file, 304 if the client has it; answers 500 without detail if it cannot be read. */
export async function sendAsset(
  request: IncomingMessage,
  response: ServerResponse,
  asset: Asset,
): Promise<void> {
  const content = await asset.load().catch(() => undefined);
  if (content) answerAsset(request, response, content);
  else answerText(response, 500, 'A file of this page cannot be read.\n');
}

/** Sends the client to where a page is, for good. */
export function redirect(response: ServerResponse, location: string): void {
  response.writeHead(308, { ...safetyHeaders, Location: location, 'Content-Length': 0 }).end();
}

/** Says that there is no such file, without repeating what was asked for. */
export function answerNotFound(response: ServerResponse): void {
  answerText(response, 404, 'Not found.\n');
}

function answerAsset(request: IncomingMessage, response: ServerResponse, content: AssetContent): void {
  const headers = {
    ...safetyHeaders,
    ETag: content.etag,
    Vary: 'Accept-Encoding',
    'Cache-Control': 'public, max-age=31536000, immutable',
  };
  if (matches(request.headers['if-none-match'], content.etag)) {
    response.writeHead(304, headers).end();
    return;
  }
  const zipped = acceptsGzip(request.headers['accept-encoding']);
  const body = zipped ? content.gzipped : content.plain;
  response.writeHead(200, {
    ...headers,
    ...(zipped ? { 'Content-Encoding': 'gzip' } : {}),
    'Content-Type': content.contentType,
    'Content-Length': body.length,
  });
  end(request, response, body);
}

function answerText(response: ServerResponse, status: number, text: string): void {
  const headers = {
    ...safetyHeaders,
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
  };
  response.writeHead(status, headers).end(text);
}

function end(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  if (request.method === 'HEAD') response.end();
  else response.end(body);
}

/** Whether an If-None-Match header names this tag; weak comparison, as RFC 9110 asks for GET and HEAD. */
function matches(header: string | undefined, etag: string): boolean {
  const strong = (tag: string): string => tag.trim().replace(/^W\//, '');
  return (header ?? '').split(',').some((tag) => tag.trim() === '*' || strong(tag) === strong(etag));
}

function acceptsGzip(header: string | string[] | undefined): boolean {
  const codings = String(header ?? '').split(',');
  return codings.some((coding) => /^\s*gzip\s*(;\s*q=(?!0(\.0*)?\s*$)|$)/i.test(coding));
}
