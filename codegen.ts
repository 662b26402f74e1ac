import type { CodegenConfig } from '@graphql-codegen/cli';

/** Typed documents from the committed schema; needs no network and no running service. */
const config: CodegenConfig = {
  schema: './schema.graphql',
  documents: ['examples/client/*.ts'],
  importExtension: '.js',
  generates: {
    './examples/client/generated/': {
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: 'string',
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: {
          ID: 'string',
          Position: 'string',
          DateTime: 'string',
          Decimal: 'string',
          JSON: 'unknown',
        },
      },
    },
  },
};

// graphql-codegen wants a default export.
export default config;
