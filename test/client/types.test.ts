import type { ApolloClient } from '@apollo/client';
import { gql, type TypedDocumentNode } from '@apollo/client';
import type { Client as UrqlClient } from '@urql/core';
import { print } from 'graphql';
import { describe, expect, expectTypeOf, onTestFinished, test } from 'vitest';
import { createOrder, followOrder, readOrder } from '../../examples/client/documents.js';
import type {
  FollowOrderSubscription,
  ReadOrderQuery,
  ReadOrderQueryVariables,
} from '../../examples/client/generated/graphql.js';
import { createClient, createSession, type Client, type Frame, type Result } from '../../src/client/index.js';
import { useCommand, useLive, useQuery, type CommandState } from '../../src/client/react/index.js';
import { startService } from '../support/service.js';
import { openApollo, openUrql } from './support/clients.js';

/** As the client preset makes it with documentMode: "documentNode". */
const readNode: TypedDocumentNode<ReadOrderQuery, ReadOrderQueryVariables> = gql(String(readOrder));
const NOBODY = '01890a5d-ac96-774b-bcce-b302099a8057';

async function open(options: { print?: typeof print } = {}): Promise<Client> {
  const { url } = await startService();
  const client = createClient({ url: `${url}/graphql`, ...options });
  onTestFinished(() => client.dispose());
  return client;
}

describe('Generated documents', () => {
  test('type what the thin client gives and takes', async () => {
    const client = await open();
    const result = await client.query(readOrder, { id: NOBODY });
    expectTypeOf(result).toEqualTypeOf<Result<ReadOrderQuery>>();
    expect(result.data).toEqual({ order: null });
    // @ts-expect-error an id is text
    await client.query(readOrder, { id: 7 });
    // @ts-expect-error an order is read by its id, so that variables cannot be left out
    await client.query(readOrder);
    const frames = client.subscribe(followOrder, { id: NOBODY });
    expectTypeOf<Awaited<ReturnType<typeof frames.next>>['value']>().toEqualTypeOf<
      Frame<FollowOrderSubscription> | undefined
    >();
    await frames.return();
  });

  test('may be parsed ones, with their text or with print', async () => {
    const client = await open();
    const result = await client.query(readNode, { id: NOBODY });
    expectTypeOf(result).toEqualTypeOf<Result<ReadOrderQuery>>();
    expect(result.data).toEqual({ order: null });
    const { loc: _, ...withoutText } = readNode;
    // Without `loc` it is what a code generator writes as JSON.
    const bare = withoutText as typeof readNode;
    await expect(client.query(bare, { id: NOBODY })).rejects.toThrow('Pass print');
    expect((await (await open({ print })).query(bare, { id: NOBODY })).data).toEqual({ order: null });
  });

  test('are text where they are written as such', async () => {
    const client = await open();
    const { data } = await client.query<{ orders: { totalCount: number } }>('{ orders { totalCount } }');
    expectTypeOf(data).toEqualTypeOf<{ orders: { totalCount: number } } | undefined>();
    expect(data?.orders.totalCount).toBe(0);
  });

  test.each([
    ['urql', openUrql],
    ['Apollo Client', openApollo],
  ])('type what %s gives through its port', async (_, open) => {
    const port = open(await startService(), createSession());
    for (const document of [readOrder, readNode]) {
      const result = await port.execute('query', document, { id: NOBODY });
      expectTypeOf(result).toEqualTypeOf<Result<ReadOrderQuery>>();
      // Apollo Client adds __typename to what it caches.
      expect(result.data).toMatchObject({ order: null });
    }
  });

  test('type the hooks, and clients of urql and Apollo themselves', () => {
    // Compiled only: hooks work in components, and these clients reach nobody.
    const compiled = (urql: UrqlClient, apollo: ApolloClient): void => {
      expectTypeOf(useQuery(readOrder, { id: NOBODY }).data).toEqualTypeOf<ReadOrderQuery | undefined>();
      expectTypeOf(useLive(followOrder, { id: NOBODY }).data).toEqualTypeOf<
        FollowOrderSubscription | undefined
      >();
      const counted = useLive(followOrder, { id: NOBODY }, { reduce: (shown: number = 0) => shown + 1 });
      expectTypeOf(counted.data).toEqualTypeOf<number | undefined>();
      const { state, send } = useCommand(createOrder);
      expectTypeOf(state).toExtend<CommandState<{ createOrder: { orderId: string | null } }>>();
      // @ts-expect-error an order has a customer
      void send({ input: {} });
      void urql.query(readNode, { id: NOBODY }).then(({ data }) => {
        expectTypeOf(data).toEqualTypeOf<ReadOrderQuery | undefined>();
      });
      void apollo.query({ query: readNode, variables: { id: NOBODY } }).then(({ data }) => {
        expectTypeOf(data).toEqualTypeOf<ReadOrderQuery | undefined>();
      });
    };
    expect(compiled).toBeTypeOf('function');
  });
});
