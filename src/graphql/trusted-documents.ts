import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { GraphQLError, parse, print } from 'graphql';
import type { Limits } from './limits/index.js';

/** The only documents that a server runs. */
export interface TrustedDocuments {
  /** Whether this is one of them, spaces and comments aside. */
  has(query: string): boolean;
  /** The document that the manifest has under this hash, or whose text has this SHA-256 (hex). */
  byHash(hash: string): string | undefined;
}

/** The documents of a manifest as graphql-codegen writes it: `{ "<hash>": "<document>" }`. Throws where it is not one. */
export function readTrustedDocuments(
  file: string,
  { documentTokens }: Pick<Limits, 'documentTokens'>,
): TrustedDocuments {
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const texts = new Set<string>();
  const hashes = new Map<string, string>();
  for (const [hash, text] of Object.entries((manifest ?? {}) as Record<string, unknown>)) {
    if (typeof text !== 'string')
      throw new Error(`${file} must map hashes to documents; ${hash} is not text.`);
    const document = normal(text);
    texts.add(document);
    for (const key of [hash.replace(/^sha256:/, ''), sha256(text), sha256(document)])
      hashes.set(key, document);
  }
  return {
    has: (query) => texts.has(query) || texts.has(normalOrNothing(query, documentTokens)),
    byHash: (hash) => hashes.get(hash),
  };
}

/** What to answer to any other document. */
export function notTrusted(): GraphQLError {
  return new GraphQLError('Only known documents are served here, and this is none of them.', {
    extensions: { code: 'FORBIDDEN', http: { status: 403 } },
  });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function normal(text: string): string {
  return print(parse(text));
}

function normalOrNothing(text: string, maxTokens: number): string {
  try {
    return print(parse(text, { maxTokens }));
  } catch {
    return '';
  }
}
