import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { TypedDocumentString } from './generated/graphql.js';

interface GraphQLResponse<Result> {
  readonly data?: Result | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string } }[];
}

/** Runs a query or mutation over HTTP. Rejects with the first error's code and message. */
export async function execute<Result, Variables>(
  url: string,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: document.toString(), variables }),
  });
  // The service answers with JSON of this shape, also to wrong requests.
  const { data, errors } = (await response.json()) as GraphQLResponse<Result>;
  const [error] = errors ?? [];
  if (error !== undefined) throw new Error(`${error.extensions?.code ?? response.status}: ${error.message}`);
  if (data == null) throw new Error(`The service answered ${response.status} without data.`);
  return data;
}

/** The first frame of a subscription, over a WebSocket of its own. */
export async function firstFrame<Result, Variables extends Record<string, unknown>>(
  url: string,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
): Promise<Result> {
  const client = createClient({ url: `${url.replace(/^http/, 'ws')}/graphql`, webSocketImpl: WebSocket });
  try {
    for await (const { data, errors } of client.iterate<Result>({ query: document.toString(), variables })) {
      if (errors?.[0] !== undefined) throw new Error(errors[0].message);
      if (data != null) return data;
    }
    throw new Error('The subscription ended without a frame.');
  } finally {
    await client.dispose();
  }
}
