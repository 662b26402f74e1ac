import { TidemarkError, type LogIdentity } from '../kernel/index.js';

const FORM = /^([0-9a-z]{12})-([0-9a-z]{10})-([0-9]{16})$/;
const LOG_DIGITS = 12;
/** Enough for 850,000 restores one upon another: a restore draws a part of its epoch by lot. */
const EPOCH_DIGITS = 10;
const NUMBER_DIGITS = 16;

/** A position as a client sent it: which log's, of which epoch, and the number. */
export interface PositionToken {
  readonly logId: string;
  readonly epoch: string;
  readonly number: number;
}

/** Positions of one log as text that sorts like the log does; opaque to clients. */
export interface PositionCodec {
  /** The token of a position of this log and epoch. */
  encode(position: number): string;
  /** The number of a token of this log and epoch; any other is UNKNOWN_POSITION. */
  resolve(token: PositionToken): number;
}

/** The codec of a log. */
export function positionCodec({ id, epoch }: LogIdentity): PositionCodec {
  // The tail of a UUID of version 7 is its random part.
  const logId = id.replaceAll('-', '').slice(-LOG_DIGITS);
  const epochText = epoch.toString(36).padStart(EPOCH_DIGITS, '0');
  const prefix = `${logId}-${epochText}-`;
  return {
    encode: (position) => prefix + String(position).padStart(NUMBER_DIGITS, '0'),
    resolve: (token) => {
      if (token.logId === logId && token.epoch === epochText) return token.number;
      throw new TidemarkError(
        'UNKNOWN_POSITION',
        token.logId === logId
          ? 'This position is from before the log was restored. Read again without it, and go on from the new position.'
          : 'This position is of another log. Use one that this service returned.',
      );
    },
  };
}

/** The parts of a token. Throws BAD_USER_INPUT for any text that no service of this kind has returned. */
export function parsePosition(text: unknown): PositionToken {
  const [, logId, epoch, digits] = (typeof text === 'string' && FORM.exec(text)) || [];
  const number = Number(digits);
  if (logId === undefined || epoch === undefined || !Number.isSafeInteger(number)) {
    throw new TidemarkError('BAD_USER_INPUT', 'Not a position. Send one as it was returned, unchanged.');
  }
  return { logId, epoch, number };
}
