import { Agent, request } from 'node:http';

/** What came back, already known to be without errors. */
export interface GraphQLAnswer {
  readonly data: Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
  readonly extensions?: { readonly consistency?: { readonly stale: boolean; readonly waitedMs: number } };
}

/** Sends GraphQL operations over keep-alive connections; rejects where the answer has errors. */
export interface HttpClient {
  send(query: string, variables: object): Promise<GraphQLAnswer>;
  close(): void;
}

/** A client with so many connections at most: little more than node:http, so that it seldom is the limit. */
export function createHttpClient(url: string, connections: number): HttpClient {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const { hostname, port } = new URL(url);
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const post = (body: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const length = Buffer.byteLength(body);
      const outgoing = request(
        {
          hostname,
          port,
          path: '/graphql',
          method: 'POST',
          agent,
          headers: { ...headers, 'content-length': length },
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('end', () => resolve(text));
          response.on('error', reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  return {
    send: async (query, variables) => {
      const answer = JSON.parse(await post(JSON.stringify({ query, variables }))) as GraphQLAnswer & {
        errors?: unknown;
      };
      if (answer.errors !== undefined)
        throw new Error(`The service answered ${JSON.stringify(answer.errors)}`);
      return answer;
    },
    close: () => agent.destroy(),
  };
}
