import {
  DirectiveLocation,
  GraphQLDirective,
  GraphQLEnumType,
  GraphQLInt,
  GraphQLNonNull,
  getDirectiveValues,
  getVariableValues,
  type GraphQLScalarType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { READ_AFTER_TIMEOUT_MS, TidemarkError, type ReadAfter } from '../kernel/index.js';
import type { RequestContext } from './context.js';
import { refusedEarly } from './errors.js';
import type { Limits } from './limits/index.js';
import { parsePosition, type PositionToken } from './position.js';

/** The request header that does what `@readAfter(position:)` does. */
export const READ_AFTER_HEADER = 'tidemark-read-after';

const onTimeout = new GraphQLEnumType({
  name: 'OnTimeout',
  description: 'What to do when a read has not reached its position in time.',
  values: {
    STALE: { description: 'Answer with what there is, and say so in `extensions.consistency.stale`.' },
    ERROR: { description: 'Answer with the error `STALE_READ`.' },
  },
});

interface ReadAfterArguments {
  readonly position: PositionToken;
  readonly timeoutMs: number;
  readonly onTimeout: ReadAfter['onTimeout'];
}

/** `@readAfter`, which makes an operation see everything up to a position, where that comes within the longest wait. */
export function readAfterDirective(
  position: GraphQLScalarType,
  { readAfterMs }: Pick<Limits, 'readAfterMs'>,
): GraphQLDirective {
  return new GraphQLDirective({
    name: 'readAfter',
    description:
      'Everything this operation reads includes all events up to `position`; it waits for that, at most `timeoutMs`.',
    locations: [DirectiveLocation.QUERY, DirectiveLocation.MUTATION, DirectiveLocation.SUBSCRIPTION],
    args: {
      position: { type: new GraphQLNonNull(position) },
      timeoutMs: {
        type: new GraphQLNonNull(GraphQLInt),
        defaultValue: Math.min(READ_AFTER_TIMEOUT_MS, readAfterMs),
        description: `0 to ${readAfterMs}.`,
      },
      onTimeout: { type: new GraphQLNonNull(onTimeout), defaultValue: 'STALE' },
    },
  });
}

/** A schema, and the directive that its server has to look for. */
export interface TidemarkSchema {
  readonly schema: GraphQLSchema;
  readonly readAfter: GraphQLDirective;
}

/** Applies the header and the directive of an operation to its context; throws coded GraphQL errors. */
export function applyReadAfter(
  context: RequestContext,
  { schema, readAfter }: TidemarkSchema,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  header: string | undefined,
): void {
  try {
    if (header !== undefined && header !== '') context.readAfter(parsePosition(header.trim()));
    if (!operation.directives?.some(({ name }) => name.value === readAfter.name)) return;
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
    // Wrong variables are the execution's to report.
    if (coerced === undefined) return;
    // The directive's arguments have been coerced to just these types.
    const values = getDirectiveValues(readAfter, operation, coerced) as ReadAfterArguments | undefined;
    if (values === undefined) return;
    checkTimeout(values.timeoutMs, context.limits.readAfterMs);
    context.readAfter(values.position, values.timeoutMs, values.onTimeout);
  } catch (error) {
    throw refusedEarly(error);
  }
}

function checkTimeout(timeoutMs: number, maxMs: number): void {
  if (timeoutMs >= 0 && timeoutMs <= maxMs) return;
  throw new TidemarkError('BAD_USER_INPUT', `timeoutMs must be 0 to ${maxMs}, got ${timeoutMs}.`);
}
