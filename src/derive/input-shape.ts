import { CompositionError, type CommandType } from '../kernel/index.js';
import { isName } from './names.js';

/** What a value of an input must be, as far as GraphQL can say it; the schema itself has the last word. */
export type Shape = { readonly nullable: boolean; readonly description?: string | undefined } & (
  | { readonly kind: 'ID' | 'String' | 'Int' | 'Float' | 'Boolean' }
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | { readonly kind: 'list'; readonly items: Shape }
  | { readonly kind: 'object'; readonly fields: readonly ShapeField[] }
);

/** An object among the shapes. */
export type ObjectShape = Extract<Shape, { readonly kind: 'object' }>;

/** A field of an object: what it is, whether it must be there, and what it is when it is not. */
export interface ShapeField {
  readonly name: string;
  readonly shape: Shape;
  readonly required: boolean;
  readonly defaultValue: unknown;
}

type Node = Readonly<Record<string, unknown>>;

/** Where a part of a schema stands, for what is said about it and for references from it. */
interface Place {
  readonly command: string;
  readonly path: readonly string[];
  readonly root: Node;
  /** The references that led here. */
  readonly trail: readonly string[];
}

/** The part of Standard JSON Schema (https://standardschema.dev) that is used: a schema that describes its input. */
interface Describing {
  readonly jsonSchema?: { readonly input?: (options: { readonly target: string }) => unknown };
}

/**
 * The shape of a command's input, of its schema as JSON Schema. Throws a CompositionError where the schema does not describe
 * itself, or has something that GraphQL has no type for: it names the command and the path.
 */
export function inputShape({ name, schema }: CommandType): ObjectShape {
  const place: Place = {
    command: name,
    path: [],
    root: described(name, schema['~standard'] as object),
    trail: [],
  };
  const shape = shapeOf(place.root, place);
  if (shape.kind === 'object') return shape;
  throw unsupported(place, 'is no object');
}

function described(command: string, standard: Describing): Node {
  if (standard.jsonSchema?.input === undefined)
    throw new CompositionError(
      `The schema of ${command} does not describe itself as JSON Schema: zod’s do from 4.2, arktype’s from 2.1.28, valibot’s by toStandardJsonSchema of @valibot/to-json-schema.`,
    );
  try {
    return standard.jsonSchema.input({ target: 'draft-2020-12' }) as Node;
  } catch (cause) {
    throw new CompositionError(
      `The schema of ${command} cannot be written as JSON Schema (${cause instanceof Error ? cause.message : String(cause)}): change it, or write the mutation ${command} by hand.`,
      { cause },
    );
  }
}

function shapeOf(schema: unknown, at: Place): Shape {
  if (typeof schema !== 'object' || schema === null) throw unsupported(at, 'can be anything');
  const node = schema as Node;
  if (typeof node['$ref'] === 'string') return referred(node['$ref'], at);
  const union = node['anyOf'] ?? node['oneOf'];
  if (Array.isArray(union)) return ofUnion(node, union as readonly Node[], at);
  const types = [node['type'] ?? []].flat().map(String);
  const said = { nullable: types.includes('null'), description: descriptionOf(node) };
  const values = valuesOf(node);
  if (values !== undefined) return ofValues(values, said, at);
  const [type, ...others] = types.filter((each) => each !== 'null');
  if (others.length > 0) throw unsupported(at, `is a union (${types.join(' or ')})`);
  if (type === 'string') return { kind: node['format'] === 'uuid' ? 'ID' : 'String', ...said };
  if (type === 'integer') return { kind: 'Int', ...said };
  if (type === 'number') return { kind: 'Float', ...said };
  if (type === 'boolean') return { kind: 'Boolean', ...said };
  if (type === 'array') return { kind: 'list', items: itemsOf(node, at), ...said };
  if (type === 'object') return { kind: 'object', fields: fieldsOf(node, at), ...said };
  throw unsupported(at, 'can be anything');
}

/** The one alternative beside null, or texts to choose from; every other union is none of GraphQL's. */
function ofUnion(node: Node, alternatives: readonly Node[], at: Place): Shape {
  const some = alternatives.filter(({ type }) => type !== 'null');
  const description = descriptionOf(node);
  const said = {
    nullable: some.length < alternatives.length,
    ...(description !== undefined && { description }),
  };
  const [only] = some;
  if (some.length === 1) {
    const shape = shapeOf(only, at);
    return { ...shape, ...said, nullable: said.nullable || shape.nullable };
  }
  // What all have in common, such as arktype's UUIDs, says what they are.
  if (node['format'] === 'uuid') return { kind: 'ID', ...said };
  const values = some.map(valuesOf);
  if (some.length === 0 || values.includes(undefined)) throw unsupported(at, 'is a union');
  return ofValues(
    values.flatMap((each) => each ?? []),
    said,
    at,
  );
}

/** The values that a schema is limited to. */
function valuesOf(node: Node): readonly unknown[] | undefined {
  if ('const' in node) return [node['const']];
  return Array.isArray(node['enum']) ? (node['enum'] as readonly unknown[]) : undefined;
}

function ofValues(values: readonly unknown[], said: Omit<Shape, 'kind'>, at: Place): Shape {
  const some = values.filter((value) => value !== null);
  const nullable = said.nullable || some.length < values.length;
  const are = (type: string): boolean => some.every((value) => typeof value === type);
  const texts = some.map(String);
  // Which of them are allowed is left to the schema where GraphQL has no names for them.
  if (are('string') && texts.every(isName)) return { ...said, nullable, kind: 'enum', values: texts };
  if (are('string')) return { ...said, nullable, kind: 'String' };
  if (are('boolean')) return { ...said, nullable, kind: 'Boolean' };
  if (are('number')) return { ...said, nullable, kind: some.every(Number.isInteger) ? 'Int' : 'Float' };
  throw unsupported(at, 'is a union');
}

function itemsOf(node: Node, at: Place): Shape {
  if ('prefixItems' in node || Array.isArray(node['items'])) throw unsupported(at, 'is a tuple');
  const items = shapeOf(node['items'], at);
  if (items.kind === 'list' && (items.nullable || items.items.nullable))
    throw unsupported(at, 'is a list of lists with null');
  return items;
}

function fieldsOf(node: Node, at: Place): readonly ShapeField[] {
  const properties = Object.entries((node['properties'] ?? {}) as Readonly<Record<string, Node>>);
  const open = ['additionalProperties', 'propertyNames', 'patternProperties'].some((word) => node[word]);
  if (properties.length === 0 && open) throw unsupported(at, 'is a record');
  if (properties.length === 0 && at.path.length > 0) throw unsupported(at, 'is an object without fields');
  const required = (node['required'] ?? []) as readonly string[];
  return properties.map(([name, property]) => {
    const place = { ...at, path: [...at.path, name] };
    if (!isName(name)) throw unsupported(place, 'has a name that GraphQL does not take');
    const shape = shapeOf(property, place);
    const defaultValue = isOf(shape, property['default']) ? property['default'] : undefined;
    return { name, shape, required: required.includes(name), defaultValue };
  });
}

/** Whether it is a plain value of the shape: others, such as what a default is transformed to, GraphQL cannot show. */
function isOf(shape: Shape, value: unknown): boolean {
  if (shape.kind === 'enum') return shape.values.some((one) => one === value);
  if (shape.kind === 'ID' || shape.kind === 'String') return typeof value === 'string';
  if (shape.kind === 'Boolean') return typeof value === 'boolean';
  if (shape.kind === 'Float') return typeof value === 'number';
  return shape.kind === 'Int' && Number.isInteger(value);
}

/** What a reference points at within the schema; one that comes back to itself is refused. */
function referred(reference: string, at: Place): Shape {
  if (at.trail.includes(reference)) throw unsupported(at, 'refers to itself');
  const steps = reference.split('/').slice(1);
  const found = steps.reduce<unknown>(
    (node, step) => (node as Node | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')],
    at.root,
  );
  return shapeOf(found, { ...at, trail: [...at.trail, reference] });
}

function descriptionOf({ description }: Node): string | undefined {
  return typeof description === 'string' ? description : undefined;
}

function unsupported({ command, path }: Place, what: string): CompositionError {
  return new CompositionError(
    `${[command, ...path].join('.')} ${what}, which GraphQL has no input type for: write the mutation ${command} by hand.`,
  );
}
