import 'reflect-metadata/lite';
import { takeDataDir } from '../src/engines/sqlite/index.js';
import {
  authenticateAsDeveloper,
  createSchema,
  defaultLimits,
  listen,
  positionCodec,
  type GraphQLEdge,
} from '../src/graphql/index.js';
import type { Kernel } from '../src/kernel/index.js';
import { orderResolvers } from '../src/orders/index.js';
import { composeIn } from './in-process.js';

/** The service without what `startApp` adds to it: metrics, tracing, pages. Its projections are on the main thread. */
export async function startPlainApp(folder: string) {
  const dataDir = takeDataDir(folder);
  const { kernel, close } = await composeIn(folder, { projections: true });
  const edge = await listenTo(kernel);
  return {
    url: edge.url,
    kernel,
    stop: async () => {
      await edge.close();
      await close();
      dataDir.release();
    },
  };
}

/** The edge in front of a kernel, on any free port. */
export async function listenTo(kernel: Kernel): Promise<GraphQLEdge> {
  const positions = positionCodec(kernel.log.identity);
  const schema = createSchema(orderResolvers, positions);
  return listen(
    {
      kernel,
      positions,
      schema,
      authenticate: authenticateAsDeveloper,
      introspection: true,
      origins: [],
      limits: defaultLimits,
      report: console.error,
    },
    '127.0.0.1',
    0,
  );
}
