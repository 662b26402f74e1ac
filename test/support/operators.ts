import { expect, onTestFinished } from 'vitest';
import type { Answer, Service } from './service.js';
import { until } from './until.js';

/** A projection's status, as far as tests look at it. */
export interface WireStatus {
  readonly name: string;
  readonly version: number;
  readonly generation: number;
  readonly state: string;
  readonly checkpoint: string;
  readonly head: string;
  readonly parked: number;
  readonly parkedEntities: number;
  readonly rebuild: { readonly generation: number; readonly state: string; readonly progress: number } | null;
  readonly kept: { readonly generation: number; readonly version: number } | null;
  readonly lastError: string | null;
}

/** What WireStatus has. */
export const STATUS = `name version generation state checkpoint head parked parkedEntities
  rebuild { generation state progress } kept { generation version } lastError`;

/** Sends a mutation that takes a projection's name; the answer as it came. */
export function operating(service: Service, mutation: string, name: string): Promise<Answer> {
  return service.gql(`mutation($name: String!) { ${mutation}(name: $name) { ${STATUS} } }`, { name });
}

/** Sends a mutation that takes a projection's name, and is done; the status after it. */
export async function operate(service: Service, mutation: string, name: string): Promise<WireStatus> {
  const { body, text } = await operating(service, mutation, name);
  expect(body.errors, text).toBeUndefined();
  return body.data[mutation] as WireStatus;
}

/** How a projection is doing. */
export async function statusOf(service: Service, name: string): Promise<WireStatus> {
  const { body } = await service.gql(`query($name: String!) { projection(name: $name) { ${STATUS} } }`, {
    name,
  });
  return body.data.projection as WireStatus;
}

/** Builds a new generation, and waits until it is served. */
export async function rebuilt(service: Service, name: string): Promise<WireStatus> {
  const before = await statusOf(service, name);
  await operate(service, 'rebuildProjection', name);
  let status = before;
  await until(async () => {
    status = await statusOf(service, name);
    expect(status).toMatchObject({ rebuild: null, state: 'LIVE' });
    expect(status.generation).toBeGreaterThan(before.generation);
  });
  return status;
}

/** Makes a projection's handler of one type fail for one order, until the returned function is called. */
export function breakHandler(service: Service, name: string, type: string, orderId: string): () => void {
  const handlers = service.app.kernel.projectors.get(name)?.projection.on;
  // A map that is only ever read, but by this.
  const on = handlers as Map<string, (rows: unknown, event: { data: { orderId: string } }) => void>;
  const handler = on.get(type);
  if (handler === undefined) throw new Error(`${name} has no handler for ${type}.`);
  const heal = (): void => {
    on.set(type, handler);
  };
  on.set(type, (rows, event) => {
    if (event.data.orderId === orderId) throw new Error('secret: cannot read the price of undefined');
    handler(rows, event);
  });
  // Definitions are shared by all services of a test file.
  onTestFinished(heal);
  return heal;
}

/** Waits until so many events are set aside in the projection. */
export async function untilParked(service: Service, name: string, parked: number): Promise<void> {
  await until(async () => expect(await statusOf(service, name)).toMatchObject({ parked, state: 'LIVE' }));
}

/** The audit log, newest last. */
export async function auditOf(service: Service): Promise<readonly { name: string; actor: string }[]> {
  const { body } = await service.gql(
    '{ operations(last: 100) { nodes { seq name projection actor correlationId at position reason } } }',
  );
  return body.data.operations.nodes as { name: string; actor: string }[];
}
