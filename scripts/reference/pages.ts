import { GraphQLObjectType, type GraphQLField, type GraphQLSchema } from 'graphql';
import { ADMIN, ANYONE, SIGNED_IN, createSchema, positionCodec } from '../../src/graphql/index.js';
import { orderResolvers } from '../../src/orders/index.js';
import { verbsIn } from './command-line.js';

/** A table of Markdown; the formatter makes its columns as wide as they must be. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Every verb of the command line with its options. */
export async function verbsTable(): Promise<string> {
  const verbs = [...(await verbsIn()).values()];
  const [first, ...rest] = verbs.map(({ options }) => options.map(([option]) => option));
  const common = (first ?? []).filter((option) => rest.every((options) => options.includes(option)));
  const explained = verbs.flatMap(({ options }) => options).filter(([option]) => common.includes(option));
  return [
    table(
      ['verb', 'what it does', 'options'],
      verbs.map(({ usage, description, options }) => [
        `\`${usage}\``,
        description,
        options
          .filter(([option]) => !common.includes(option))
          .map(([option, what]) => `\`${option}\`: ${what.replace(/ \(default: true\)$/, '')}.`)
          .join('<br>'),
      ]),
    ),
    '',
    'All of them take:',
    '',
    table(
      ['option', 'what it does'],
      [...new Map(explained)].map(([option, what]) => [`\`${option}\``, `${what}.`]),
    ),
  ].join('\n');
}

/** Every root field with who may use it. */
export function rootFieldsTable(): string {
  const { schema } = createSchema(orderResolvers, positionCodec({ id: '0', epoch: 1 }));
  return table(['field', 'who may', 'what it is'], rootsOf(schema).flatMap(rowsOf));
}

function rootsOf(schema: GraphQLSchema): readonly GraphQLObjectType[] {
  return [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].filter(
    (type) => type instanceof GraphQLObjectType,
  );
}

function rowsOf(root: GraphQLObjectType): readonly (readonly string[])[] {
  return Object.values(root.getFields())
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
    .map((field) => [`\`${root.name}.${field.name}\``, accessOf(field), field.description ?? '']);
}

function accessOf({ extensions }: GraphQLField<unknown, unknown>): string {
  const { access } = extensions as { readonly access?: readonly string[] };
  // What is for some is for admins, too.
  const forAll = access?.some((role) => role === ANYONE || role === SIGNED_IN) === true;
  return [...new Set([...(access ?? []), ...(forAll ? [] : [ADMIN])])].join(', ');
}
