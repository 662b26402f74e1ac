import 'reflect-metadata/lite';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { createServer } from 'node:http';
import { buildSchema } from 'graphql';
import type { RequestContext } from '../src/graphql/context.js';
import { createAdmission } from '../src/graphql/admission.js';
import { createHttpHandler } from '../src/graphql/http.js';
import { createSchema, defaultLimits, positionCodec, printSorted } from '../src/graphql/index.js';
import { newId } from '../src/kernel/index.js';
import { orderResolvers } from '../src/orders/index.js';
import { startServer, type StartedApp } from './hello-app.js';

const POSITION = '000000000000-0000000001-0000000000000001';

/** What resolves the fields that the benches ask for. */
export interface Root {
  createOrder(args: { readonly input: unknown }): unknown;
  addOrderItem(args: { readonly input: { readonly orderId: string } }): unknown;
  order(args: { readonly id: string }): unknown;
  orders(args: { readonly filter?: { readonly status: readonly string[] } }): unknown;
}

/** What every mutation answers; its order is nobody's. */
export const constantPayload = {
  receipt: { commandId: newId(), status: 'ACCEPTED', position: POSITION, duplicate: false },
  userErrors: [],
  orderId: newId(),
};

/** The app on a root whose every resolver is a constant. */
export async function startConstantApp(): Promise<StartedApp> {
  const total = { amount: '12.50', currencyCode: 'USD' };
  const item = { sku: 'sku-1', name: 'Product 1', quantity: 2, net: total };
  const order = {
    __typename: 'Order',
    id: constantPayload.orderId,
    status: 'DRAFT',
    items: [item, item],
    total,
    position: POSITION,
  };
  const nodes = Array.from({ length: 20 }, () => order);
  return startRoot({
    createOrder: () => constantPayload,
    addOrderItem: () => constantPayload,
    order: () => order,
    orders: () => ({ nodes }),
  });
}

/** The product's schema and HTTP stack, admission included, with Apollo Server as plain as it gets, on this root. */
export async function startRoot(rootValue: Root): Promise<StartedApp> {
  const codec = positionCodec({ id: newId(), epoch: 1 });
  const schema = buildSchema(printSorted(createSchema(orderResolvers, codec).schema));
  const apollo = new ApolloServer<RequestContext>({
    schema,
    rootValue,
    plugins: [ApolloServerPluginCacheControlDisabled(), ApolloServerPluginLandingPageDisabled()],
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
  });
  await apollo.start();
  // These resolvers ask nothing of their context.
  const contextOf = async () => ({}) as RequestContext;
  const handle = createHttpHandler({ apollo, contextOf, limits: defaultLimits, report: console.error });
  const operations = createAdmission(handle, defaultLimits);
  const started = await startServer(
    createServer((request, response) => {
      operations.admit(request, response);
    }),
  );
  return {
    url: started.url,
    stop: async () => {
      await started.stop();
      await apollo.stop();
    },
  };
}
