import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const SMALL_MAX = 125;
const MEDIUM_MAX = 65_535;
const [CONTINUATION, TEXT, PING, PONG] = [0x0, 0x1, 0x9, 0xa];
const FIN = 0x80;
const MASKED = 0x80;

/** A WebSocket on a bare socket, so that the clients of a bench are seldom what limits it. */
export interface BareSocket {
  send(text: string): void;
  /** Reads no more until `resume`, but still says that it is there. */
  pause(): void;
  resume(): void;
  close(): void;
}

/** Opens a WebSocket of the protocol graphql-transport-ws; `onText` is called for each message, `onClose` at the end. */
export async function openBareSocket(
  url: string,
  onText: (message: Buffer) => void,
  onClose: () => void,
): Promise<BareSocket> {
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  socket.write(
    `GET /graphql HTTP/1.1\r\nhost: ${host}\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${randomBytes(16).toString('base64')}\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n`,
  );
  const rest = await upgraded(socket);
  readFrames(socket, rest, onText);
  socket.on('close', onClose).on('error', () => undefined);
  let still: NodeJS.Timeout | undefined;
  return {
    send: (text) => socket.write(frameOf(TEXT, Buffer.from(text))),
    pause: () => {
      socket.pause();
      still = setInterval(() => socket.write(frameOf(PONG, Buffer.alloc(0))), 5_000);
    },
    resume: () => {
      clearInterval(still);
      socket.resume();
    },
    close: () => {
      clearInterval(still);
      socket.destroy();
    },
  };
}

/** Reads the answer to the upgrade; what came after it. */
async function upgraded(socket: Socket): Promise<Buffer> {
  let head = Buffer.alloc(0);
  for (;;) {
    const [chunk] = (await once(socket, 'data')) as [Buffer];
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end === -1) continue;
    if (!head.toString('latin1', 0, 12).endsWith('101'))
      throw new Error(`The upgrade was answered ${head.toString('latin1', 0, end)}`);
    return head.subarray(end + 4);
  }
}

function readFrames(socket: Socket, first: Buffer, onText: (message: Buffer) => void): void {
  let rest = first;
  const read = (chunk: Buffer): void => {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let frame = frameIn(rest); frame !== undefined; frame = frameIn(rest)) {
      const payload = rest.subarray(frame.start, frame.end);
      rest = rest.subarray(frame.end);
      if (frame.opcode === TEXT || frame.opcode === CONTINUATION) onText(payload);
      else if (frame.opcode === PING) socket.write(frameOf(PONG, payload));
    }
  };
  socket.on('data', read);
  read(Buffer.alloc(0));
}

/** The first whole frame; servers mask nothing. */
function frameIn(
  bytes: Buffer,
): { readonly opcode: number; readonly start: number; readonly end: number } | undefined {
  if (bytes.length < 2) return undefined;
  const opcode = bytes.readUInt8(0) & 0x0f;
  const short = bytes.readUInt8(1) & 0x7f;
  const start = short <= SMALL_MAX ? 2 : short === SMALL_MAX + 1 ? 4 : 10;
  if (bytes.length < start) return undefined;
  const length = start === 2 ? short : start === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  return bytes.length < start + length ? undefined : { opcode, start, end: start + length };
}

/** As a client sends it; a mask of zeros leaves the payload as it is. */
function frameOf(opcode: number, payload: Buffer): Buffer {
  const { length } = payload;
  if (length > MEDIUM_MAX) throw new Error('The clients of benches send short messages only.');
  const size =
    length <= SMALL_MAX ? [MASKED | length] : [MASKED | (SMALL_MAX + 1), length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([FIN | opcode, ...size, 0, 0, 0, 0]), payload]);
}
