import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents of one client, in a folder of its own. */
function documentsOf(documents: string[]): CodegenConfig['generates'][string] {
  return {
    documents,
    preset: 'client',
    presetConfig: { fragmentMasking: false },
    config: {
      documentMode: 'string',
      useTypeImports: true,
      enumsAsTypes: true,
      strictScalars: true,
      scalars: { ID: 'string', Position: 'string', DateTime: 'string', Decimal: 'string', JSON: 'unknown' },
    },
  };
}

/** Typed documents from the committed schema; needs no network and no running service. */
const config: CodegenConfig = {
  schema: './schema.graphql',
  importExtension: '.js',
  generates: {
    './examples/client/generated/': documentsOf(['examples/client/*.ts']),
    './web/shop/generated/': documentsOf(['web/shop/**/*.{ts,tsx}', '!web/shop/generated/**']),
    './web/console/generated/': documentsOf(['web/console/**/*.{ts,tsx}', '!web/console/generated/**']),
  },
  ignoreNoDocuments: true,
};

// graphql-codegen wants a default export.
export default config;
