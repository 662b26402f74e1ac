import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { GraphQLError, OperationTypeNode } from 'graphql';
import { createAccessCheck } from './access.js';
import { consistencyExtension, type RequestContext } from './context.js';
import { formatError, withoutSuggestions, type Report } from './errors.js';
import { TOKENS_MAX, VALIDATION_ERRORS_MAX, limitRules } from './limits.js';
import { notTrusted, type TrustedDocuments } from './trusted-documents.js';
import { READ_AFTER_HEADER, applyReadAfter, type TidemarkSchema } from './read-after.js';

/** What Apollo is set up with. */
export interface ApolloOptions {
  readonly schema: TidemarkSchema;
  /** Whether clients may ask for the schema, and get suggestions for misspelt names. */
  readonly introspection: boolean;
  /** The only documents that are served; any where left out. */
  readonly trustedDocuments?: TrustedDocuments | undefined;
  readonly report: Report;
}

/** Apollo Server with our rules: access first, then `@readAfter`; freshness on every answer that read a view. */
export function createApollo(options: ApolloOptions): ApolloServer<RequestContext> {
  const { schema, introspection, trustedDocuments, report } = options;
  // Apollo formats an error without its request, so it is reported before, and not once more.
  const reported = new WeakSet<object>();
  return new ApolloServer<RequestContext>({
    schema: schema.schema,
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      tidemarkPlugin(schema, trustedDocuments),
      reportPlugin((error, correlationId) => {
        if (error instanceof Error) reported.add(error);
        report(error, correlationId);
      }),
    ],
    formatError: (formatted, error) => {
      const left = formatError(formatted, error, (original) => {
        if (!(original instanceof Error && reported.has(original))) report(original);
      });
      // Apollo hides the suggestions of validation, not those for variables.
      return introspection ? left : withoutSuggestions(left);
    },
    includeStacktraceInErrorResponses: false,
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    parseOptions: { maxTokens: TOKENS_MAX },
    validationRules: limitRules,
    validationOptions: { maxErrors: VALIDATION_ERRORS_MAX },
    stopOnTerminationSignals: false,
  });
}

function reportPlugin(report: Report): ApolloServerPlugin<RequestContext> {
  return {
    requestDidStart: async () => ({
      didEncounterErrors: async ({ errors, contextValue: { correlationId } }) => {
        for (const error of errors)
          formatError(error.toJSON(), error, (original) => {
            report(original, correlationId);
          });
      },
    }),
  };
}

function tidemarkPlugin(
  schema: TidemarkSchema,
  trusted: TrustedDocuments | undefined,
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
        applyReadAfter(contextValue, schema, operation, request.variables ?? {}, header);
      },
      willSendResponse: async ({ contextValue, response }) => {
        const read = contextValue.takeConsistency();
        if (read === undefined || response.body.kind !== 'single') return;
        const { singleResult } = response.body;
        const extension = consistencyExtension(read, contextValue.positions);
        singleResult.extensions = { ...singleResult.extensions, consistency: extension };
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
