import { setMaxListeners } from 'node:events';
import { z } from 'zod';
import { RequestFailed } from './attempt.js';
import { createClient, type Client } from './client.js';
import { sendCommand, type CommandPayload, type SentCommand } from './commands.js';
import { northwindOrders, type NorthwindOrder } from './data.js';
import { eachInFlight } from './in-flight.js';
import { compareSales, type SalesComparison } from './sales-report.js';
import { totalsOf } from './totals.js';

/** What `importNorthwind` needs to know. */
export interface ImportOptions {
  /** The service's address, such as http://127.0.0.1:4000. */
  url: string;
  /** How many orders are under way at once; each order's own commands are sent one after the other. */
  inFlight: number;
  token?: string | undefined;
  /** Called after every answered command. */
  onProgress?: ((progress: Progress) => void) | undefined;
  /** Stops the import cleanly: commands under way are finished, no new ones are sent. */
  signal?: AbortSignal | undefined;
}

/** How far the import is, in commands. */
export interface Progress {
  done: number;
  total: number;
  elapsedMs: number;
}

/** A command that the service refused; the rest of its order was left out. */
export interface Refusal {
  reference: string;
  mutation: string;
  reasons: string[];
}

/** The outcome of an import. `duplicates` counts the commands that the service already had. */
export interface Summary {
  commandsTotal: number;
  commands: number;
  duplicates: number;
  refusals: Refusal[];
  retries: number;
  elapsedMs: number;
  /** The highest position of all receipts. */
  position: string | undefined;
  interrupted: boolean;
  /** Absent when the import was interrupted. */
  sales: SalesComparison | undefined;
}

interface Run {
  client: Client;
  signal: AbortSignal;
  summary: Summary;
  onAnswer: () => void;
}

const IN_FLIGHT_MAX = 256;

/**
 * Brings every Northwind order to its final state through the GraphQL API, then compares the service's sales report
 * with the data. Running it again changes nothing. Refusals are in the summary; RequestFailed when the service is
 * not reachable, answers with an error, or stays busy through all retries.
 */
export async function importNorthwind(options: ImportOptions): Promise<Summary> {
  const { inFlight, onProgress } = options;
  if (!Number.isInteger(inFlight) || inFlight < 1 || inFlight > IN_FLIGHT_MAX) {
    throw new RangeError(`expected 1 to ${IN_FLIGHT_MAX} orders in flight, got ${inFlight}`);
  }
  const orders = northwindOrders();
  const summary = emptySummary(orders);
  const failure = new AbortController();
  const signal = AbortSignal.any([failure.signal, ...(options.signal ? [options.signal] : [])]);
  // Each order may be in a pause between two attempts, and each pause listens to the signal.
  setMaxListeners(inFlight, signal);
  const client = createClient({ ...options, signal, onRetry: () => (summary.retries += 1) });
  await greet(client);

  const startedAt = performance.now();
  const onAnswer = () => {
    summary.elapsedMs = performance.now() - startedAt;
    onProgress?.({ done: summary.commands, total: summary.commandsTotal, elapsedMs: summary.elapsedMs });
  };
  const run: Run = { client, signal, summary, onAnswer };
  await eachInFlight(orders, inFlight, failure, (order) => importOrder(run, order));

  summary.interrupted = options.signal?.aborted ?? false;
  if (!summary.interrupted && summary.position !== undefined) {
    summary.sales = await compareSales(client, summary.position, totalsOf(orders));
  }
  return summary;
}

/** The first contact, without retries: whoever forgot to start the service should not wait to be told. */
async function greet(client: Client): Promise<void> {
  const data = z.object({ __typename: z.string() });
  await client({
    label: 'first contact',
    document: '{ __typename }',
    variables: {},
    data,
    retryUnreachable: false,
  });
}

async function importOrder(run: Run, { reference, create, following }: NorthwindOrder): Promise<void> {
  const orderId = await send(run, reference, create);
  if (orderId === undefined) return;
  for (const { mutation, input } of following) {
    const next = await send(run, reference, { mutation, input: { ...input, orderId } });
    if (next === undefined) return;
  }
}

/** Sends one command and gives the order's id, or undefined when the order goes no further. */
async function send(run: Run, reference: string, command: SentCommand): Promise<string | undefined> {
  if (run.signal.aborted) return undefined;
  const payload = await sendCommand(run.client, reference, command);
  record(run.summary, reference, command.mutation, payload);
  run.onAnswer();
  if (payload.receipt.status === 'REFUSED') return undefined;
  if (!payload.orderId) {
    throw new RequestFailed('answered', `${command.mutation} of ${reference}: accepted without an order id`);
  }
  return payload.orderId;
}

function record(summary: Summary, reference: string, mutation: string, payload: CommandPayload): void {
  const { receipt, userErrors } = payload;
  summary.commands += 1;
  if (receipt.duplicate) summary.duplicates += 1;
  if (receipt.status === 'REFUSED') {
    const reasons = userErrors.map(({ code, message }) => `${code}: ${message}`);
    summary.refusals.push({ reference, mutation, reasons });
  }
  // Positions are opaque but ordered as text within a log.
  if (summary.position === undefined || receipt.position > summary.position)
    summary.position = receipt.position;
}

/** The summary of an import of these orders that has not begun. */
export function emptySummary(orders: readonly NorthwindOrder[]): Summary {
  return {
    commandsTotal: orders.reduce((commands, { following }) => commands + 1 + following.length, 0),
    commands: 0,
    duplicates: 0,
    refusals: [],
    retries: 0,
    elapsedMs: 0,
    position: undefined,
    interrupted: false,
    sales: undefined,
  };
}
