import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, OperationTypeNode, type GraphQLFormattedError } from 'graphql';
import { createAccessCheck } from './access.js';
import { extensionsOf, type RequestContext } from './context.js';
import { VALIDATION_ERRORS_MAX, documentRule } from './document-limits.js';
import { createErrorFormat, type Report } from './errors.js';
import type { Limits } from './limits/index.js';
import { notTrusted, type TrustedDocuments } from './trusted-documents.js';
import { READ_AFTER_HEADER, applyReadAfter, type TidemarkSchema } from './read-after.js';
import { checkVariables } from './variable-limits.js';

/** What Apollo is set up with. */
export interface ApolloOptions {
  readonly schema: TidemarkSchema;
  /** Whether clients may ask for the schema, and get suggestions for misspelt names. */
  readonly introspection: boolean;
  /** The only documents that are served; any where left out. */
  readonly trustedDocuments?: TrustedDocuments | undefined;
  readonly limits: Limits;
  readonly report: Report;
}

/** Apollo Server with our rules: access first, then `@readAfter`; freshness on every answer that read a view. */
export function createApollo(options: ApolloOptions): ApolloServer<RequestContext> {
  const { schema, introspection, trustedDocuments, limits, report } = options;
  const format = createErrorFormat(introspection, report);
  // Apollo asks for an error's format without its request, so it is made before, where the correlation id is known.
  const formatted = new WeakMap<object, GraphQLFormattedError>();
  return new ApolloServer<RequestContext>({
    schema: schema.schema,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      tidemarkPlugin(schema, trustedDocuments, limits),
      errorPlugin((error, correlationId) => formatted.set(error, format(error, correlationId))),
    ],
    formatError: (enriched, error) =>
      (error instanceof Error && formatted.get(error)) || format(asGraphQLError(enriched, error)),
    includeStacktraceInErrorResponses: false,
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    parseOptions: { maxTokens: limits.documentTokens },
    validationRules: [documentRule(limits)],
    validationOptions: { maxErrors: VALIDATION_ERRORS_MAX },
    stopOnTerminationSignals: false,
    ...(trustedDocuments !== undefined && { persistedQueries: { cache: storeOf(trustedDocuments) } }),
  });
}

/** What a client may send the hash of instead of the text. Nothing is added to it by clients. */
function storeOf(trusted: TrustedDocuments) {
  return {
    get: async (key: string) => trusted.byHash(key.replace(/^apq:/, '')),
    set: async () => undefined,
    delete: async () => false,
  };
}

/** What went wrong before there was an operation, or inside Apollo, may be no error of GraphQL yet. */
function asGraphQLError(enriched: GraphQLFormattedError, error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  return new GraphQLError(enriched.message, {
    originalError: error instanceof Error ? error : new Error(String(error)),
  });
}

function errorPlugin(
  see: (error: GraphQLError, correlationId: string) => void,
): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      didEncounterErrors: async ({ errors, contextValue: { correlationId } }) => {
        for (const error of errors) see(error, correlationId);
      },
    }),
  };
}

function tidemarkPlugin(
  schema: TidemarkSchema,
  trusted: TrustedDocuments | undefined,
  limits: Limits,
): ApolloServerPlugin<RequestContext> {
  const checkAccess = createAccessCheck(schema.schema);
  return {
    requestDidStart: async () => ({
      didResolveOperation: async ({ contextValue, document, source, operation, request }) => {
        if (operation === undefined) return;
        if (trusted !== undefined && !trusted.has(source)) throw notTrusted();
        if (operation.operation === OperationTypeNode.SUBSCRIPTION) throw subscriptionOverHttp();
        checkAccess(document, contextValue.principal);
        const header = request.http?.headers.get(READ_AFTER_HEADER);
        const variables = request.variables ?? {};
        checkVariables(variables, limits);
        applyReadAfter(contextValue, schema, operation, variables, header);
        if (operation.operation === OperationTypeNode.MUTATION) contextValue.mayWrite();
      },
      willSendResponse: async ({ contextValue, response }) => {
        const extensions = extensionsOf(contextValue);
        if (extensions === undefined || response.body.kind !== 'single') return;
        const { singleResult } = response.body;
        singleResult.extensions = { ...singleResult.extensions, ...extensions };
      },
    }),
  };
}

/** Apollo would execute it like a query, and fail inside. */
function subscriptionOverHttp(): GraphQLError {
  return new GraphQLError(
    'Subscriptions go over a WebSocket to the same path, with the protocol graphql-transport-ws.',
    { extensions: { code: 'BAD_REQUEST', http: { status: 400 } } },
  );
}
