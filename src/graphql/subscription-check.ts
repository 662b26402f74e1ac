import {
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  OperationTypeNode,
  getOperationAST,
  parse,
  validate,
  type DocumentNode,
  type ExecutionArgs,
} from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { createBoundedMap } from '../kernel/index.js';
import { createAccessCheck, type Principal } from './access.js';
import type { RequestContext } from './context.js';
import { VALIDATION_ERRORS_MAX, validationRules } from './document-limits.js';
import type { Limits } from './limits/index.js';
import { applyReadAfter, type TidemarkSchema } from './read-after.js';
import { notTrusted, type TrustedDocuments } from './trusted-documents.js';
import { checkVariables } from './variable-limits.js';

/** How many valid documents are remembered, and how many characters of them: clients connect again all at once. */
const REMEMBERED = { entriesMax: 500, bytesMax: 2 * 1_048_576 };

/** What subscriptions are held against. */
export interface SubscriptionOptions extends TidemarkSchema {
  /** Whether clients may ask for the schema, and get suggestions for misspelt names. */
  readonly introspection: boolean;
  /** The only documents that are served; any where left out. */
  readonly trustedDocuments?: TrustedDocuments | undefined;
  readonly limits: Limits;
}

/** What to execute for a payload, or why not; throws coded GraphQL errors, too. The context is made when all is well. */
export type SubscriptionCheck = (
  payload: SubscribePayload,
  principal: Principal | null,
  makeContext: () => RequestContext,
) => ExecutionArgs | readonly GraphQLError[];

/** Does for the WebSocket what Apollo and its plugins do for HTTP, and takes subscriptions only. */
export function createSubscriptionCheck(options: SubscriptionOptions): SubscriptionCheck {
  const { schema, readAfter, introspection, trustedDocuments, limits } = options;
  const checkAccess = createAccessCheck(schema);
  const rules = [...validationRules(limits), ...(introspection ? [] : [NoSchemaIntrospectionCustomRule])];

  const remembered = createBoundedMap<DocumentNode>(REMEMBERED);

  /** The document, or what is wrong with it. */
  function read(query: string): DocumentNode | readonly GraphQLError[] {
    const known = remembered.get(query);
    if (known !== undefined) return known;
    const document = parseDocument(query, limits.documentTokens);
    if (document instanceof GraphQLError) return [document];
    const problems = validate(schema, document, rules, { maxErrors: VALIDATION_ERRORS_MAX });
    if (problems.length > 0) return problems.map(withCode('GRAPHQL_VALIDATION_FAILED'));
    remembered.set(query, document, query.length);
    return document;
  }

  return ({ query, operationName, variables, extensions }, principal, makeContext) => {
    if (trustedDocuments?.has(query) === false) return [notTrusted()];
    const document = read(query);
    if (!('kind' in document)) return document;
    const operation = getOperationAST(document, operationName);
    if (operation == null)
      return [problem('OPERATION_RESOLUTION_FAILURE', 'The document has no such operation.')];
    if (operation.operation !== OperationTypeNode.SUBSCRIPTION) {
      return [
        problem(
          'BAD_REQUEST',
          'Only subscriptions go over the WebSocket; send queries and mutations by POST.',
        ),
      ];
    }
    checkAccess(document, principal);
    const variableValues = variables ?? {};
    checkVariables(variableValues, limits);
    const contextValue = makeContext();
    const position = extensions?.['readAfter'];
    if (position != null && typeof position !== 'string')
      return [problem('BAD_USER_INPUT', 'extensions.readAfter must be a position, as text.')];
    applyReadAfter(contextValue, { schema, readAfter }, operation, variableValues, position ?? undefined);
    return { schema, document, operationName, variableValues, contextValue };
  };
}

function parseDocument(query: string, maxTokens: number): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens });
  } catch (error) {
    if (error instanceof GraphQLError) return withCode('GRAPHQL_PARSE_FAILED')(error);
    throw error;
  }
}

function problem(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

function withCode(code: string): (error: GraphQLError) => GraphQLError {
  return ({ message, nodes = null, source = null, positions = null }) =>
    new GraphQLError(message, { nodes, source, positions, extensions: { code } });
}
