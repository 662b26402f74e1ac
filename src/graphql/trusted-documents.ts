import { readFileSync } from 'node:fs';
import { GraphQLError, parse, print } from 'graphql';
import type { Limits } from './limits/index.js';

/** The only documents that a server runs. */
export interface TrustedDocuments {
  /** Whether this is one of them, spaces and comments aside. */
  has(query: string): boolean;
}

/** The documents of a manifest as graphql-codegen writes it: `{ "<hash>": "<document>" }`. Throws where it is not one. */
export function readTrustedDocuments(
  file: string,
  { documentTokens }: Pick<Limits, 'documentTokens'>,
): TrustedDocuments {
  const manifest: unknown = JSON.parse(readFileSync(file, 'utf8'));
  const texts = new Set<string>();
  for (const [hash, text] of Object.entries((manifest ?? {}) as Record<string, unknown>)) {
    if (typeof text !== 'string')
      throw new Error(`${file} must map hashes to documents; ${hash} is not text.`);
    texts.add(normal(text));
  }
  return { has: (query) => texts.has(query) || texts.has(normalOrNothing(query, documentTokens)) };
}

/** What to answer to any other document. */
export function notTrusted(): GraphQLError {
  return new GraphQLError('Only known documents are served here, and this is none of them.', {
    extensions: { code: 'FORBIDDEN', http: { status: 403 } },
  });
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
