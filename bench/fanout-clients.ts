import { openBareSocket, type BareSocket } from './bare-socket.js';

/** What the clients' process is asked. */
export type ClientsRequest =
  | { readonly ask: 'open'; readonly url: string; readonly sockets: number; readonly query: string }
  /** When each of the clients has had so many frames since it was last asked. */
  | { readonly ask: 'await'; readonly frames: number }
  | { readonly ask: 'pause' | 'resume' | 'close' }
  /** The frames of the first client, from its last but so many. */
  | { readonly ask: 'last'; readonly count: number };

/** Frames and when they came, in ms since 1970. */
export interface Arrivals {
  readonly at: Float64Array;
}

/** How many sockets are being opened at a time. */
const OPENING = 64;
const KEPT = 3;
const ACK = Buffer.from('"connection_ack"');

const sockets: BareSocket[] = [];
let arrived: number[] = [];
let wanted = Infinity;
let settle: (() => void) | undefined;
let lost = 0;
const last: string[] = [];

process.on('message', (request: ClientsRequest) => void answer(request));
process.on('disconnect', () => process.exit(0));
process.send?.('ready');

async function answer(request: ClientsRequest): Promise<void> {
  if (request.ask === 'open') await open(request);
  else if (request.ask === 'await') return (process.send?.(await frames(request.frames)), undefined);
  else if (request.ask === 'last') return (process.send?.(last.slice(-request.count)), undefined);
  else for (const socket of sockets) socket[request.ask]();
  process.send?.('done');
}

async function open({ url, sockets: count, query }: ClientsRequest & { ask: 'open' }): Promise<void> {
  let opened = 0;
  const openOne = async (nth: number): Promise<void> => {
    let acknowledged = (): void => undefined;
    const ready = new Promise<void>((resolve) => (acknowledged = resolve));
    let isAcknowledged = false;
    const socket = await openBareSocket(
      url,
      (message) => {
        if (isAcknowledged) note(nth, message);
        else if (message.includes(ACK)) {
          isAcknowledged = true;
          acknowledged();
        }
      },
      () => (lost += 1),
    );
    socket.send('{"type":"connection_init"}');
    await ready;
    socket.send(JSON.stringify({ id: `subscription-${nth}`, type: 'subscribe', payload: { query } }));
    sockets.push(socket);
  };
  const openNext = async (): Promise<void> => {
    while (opened < count) await openOne(opened++);
  };
  await Promise.all(Array.from({ length: Math.min(OPENING, count) }, openNext));
}

function note(nth: number, message: Buffer): void {
  arrived.push(performance.timeOrigin + performance.now());
  if (nth === 0) {
    last.push(message.toString());
    if (last.length > KEPT) last.shift();
  }
  if (arrived.length >= wanted) settle?.();
}

async function frames(each: number): Promise<Arrivals> {
  wanted = each * sockets.length;
  if (arrived.length < wanted) await new Promise<void>((resolve) => (settle = resolve));
  if (lost > 0 || arrived.length > wanted)
    throw new Error(`${lost} sockets were closed, and ${arrived.length} frames came instead of ${wanted}.`);
  wanted = Infinity;
  const at = Float64Array.from(arrived);
  arrived = [];
  return { at };
}
