import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import { TidemarkError } from '../kernel/index.js';
import { toGraphQLError } from './errors.js';
import { parsePosition, type PositionCodec, type PositionToken } from './position.js';

const DECIMAL = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?$/;

/** Stands for the scalar `Position` in type definitions: a number in results, a PositionToken in arguments. */
export class Position {}

/** An instant, as ISO 8601 text with a time zone; a Date in code. */
export const DateTime = new GraphQLScalarType({
  name: 'DateTime',
  description: 'An instant, as ISO 8601 text with a time zone: `2026-01-31T12:00:00Z`.',
  serialize: (value) => {
    if (typeof value === 'number') return new Date(value).toISOString();
    if (value instanceof Date) return value.toISOString();
    throw new TypeError(`A DateTime is a Date or ms since 1970, got ${typeof value}.`);
  },
  parseValue: (value) => parseDateTime(() => GraphQLDateTime.parseValue(value)),
  parseLiteral: (node, variables) => parseDateTime(() => GraphQLDateTime.parseLiteral(node, variables)),
});

function parseDateTime(parse: () => unknown): unknown {
  try {
    return parse();
  } catch {
    throw badInput('Not a DateTime: send ISO 8601 text with a time zone, such as "2026-01-31T12:00:00Z".');
  }
}

/** An exact decimal: text, so that no float comes near it. */
export const Decimal = new GraphQLScalarType({
  name: 'Decimal',
  description: 'An exact decimal, as text: `"12.50"`.',
  serialize: String,
  parseValue: parseDecimal,
  parseLiteral: (node) =>
    parseDecimal(
      node.kind === Kind.STRING || node.kind === Kind.INT || node.kind === Kind.FLOAT
        ? node.value
        : undefined,
    ),
});

/** Numbers are taken too where their shortest text is a plain decimal, which is then what the client wrote. */
function parseDecimal(value: unknown): string {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text === 'string' && DECIMAL.test(text)) return text;
  throw badInput(
    'Not a Decimal: send text such as "12.50", with at most 15 digits before the point and 9 after it.',
  );
}

/** Plain data of any shape, in results only. */
export const Json = new GraphQLScalarType({
  name: 'JSON',
  description: 'Plain data of any shape: objects, lists, texts, numbers, booleans and null.',
});

/** The scalar `Position` of one log. */
export function positionScalar(codec: PositionCodec): GraphQLScalarType {
  return new GraphQLScalarType<PositionToken, string>({
    name: 'Position',
    description: 'A place in the log. Opaque; later positions of one log sort after earlier ones.',
    serialize: (value) => codec.encode(Number(value)),
    parseValue: parseToken,
    parseLiteral: (node) => parseToken(node.kind === Kind.STRING ? node.value : undefined),
  });
}

function parseToken(value: unknown): PositionToken {
  try {
    return parsePosition(value);
  } catch (error) {
    throw error instanceof TidemarkError ? toGraphQLError(error) : error;
  }
}

function badInput(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT' } });
}
