import { isDeepStrictEqual } from 'node:util';

/** A JSON Schema, as a schema library writes it. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown };

/** A schema as an object of the keywords that say something about the data. */
export type Node = { readonly [keyword: string]: unknown };

/** The schema that nothing satisfies. */
export const NEVER: Node = { not: {} };

/** Keywords that say nothing about the data; definitions count where they are referred to. */
const ANNOTATIONS = new Set([
  ...['$schema', '$comment', '$defs', 'definitions', 'id', 'title', 'description', 'default', 'examples'],
  ...['deprecated', 'readOnly', 'writeOnly'],
]);

/** The keywords of a schema that say something about the data. */
export function bare(schema: unknown): Node {
  if (schema === false) return NEVER;
  if (!isNode(schema)) return {};
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !ANNOTATIONS.has(keyword)));
}

/** Whether a value is an object with keywords. */
export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether nothing satisfies the schema. */
export function isNever(node: Node): boolean {
  return isDeepStrictEqual(node, NEVER);
}

/** Whether two schemas say the same; two that refer to definitions elsewhere are never known to. */
export function isSame(before: Node, now: Node): boolean {
  return isDeepStrictEqual(before, now) && !/"\$(ref|dynamicRef)"/.test(JSON.stringify(now));
}

/** What a `$ref` without any other keyword points at within its document; undefined where that is not known. */
export function resolve(node: Node, root: JsonSchema): Node | undefined {
  const { $ref, ...others } = node;
  if ($ref === undefined) return node;
  if (typeof $ref !== 'string' || !$ref.startsWith('#') || Object.keys(others).length > 0) return undefined;
  const steps = $ref.slice(1).split('/').slice(1).map(unescape);
  const found = steps.reduce<unknown>((at, step) => (isNode(at) ? own(at, step) : undefined), root);
  return isNode(found) || typeof found === 'boolean' ? bare(found) : undefined;
}

function unescape(step: string): string {
  return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
}

/** The value of a key of its own: data may have keys such as "constructor". */
export function own(node: Node, key: string): unknown {
  return Object.hasOwn(node, key) ? node[key] : undefined;
}

/** The alternatives of a schema that is a union and nothing else; undefined where it is none. */
export function alternatives(node: Node): readonly Node[] | undefined {
  const { anyOf, oneOf, enum: values, type, ...others } = node;
  const union = anyOf ?? oneOf;
  if (Array.isArray(union) && Object.keys(node).length === 1) return union.map(bare);
  if (Array.isArray(values)) {
    const { enum: _, ...rest } = node;
    return values.map((value: unknown) => ({ ...rest, const: value }));
  }
  if (!Array.isArray(type) || 'const' in node) return undefined;
  return type.map((one: unknown) => ({ ...others, type: one, ...(union !== undefined && { anyOf, oneOf }) }));
}

/** The JSON types that data of a schema without alternatives may have; undefined where it may have any. */
export function typesOf(node: Node): readonly string[] | undefined {
  if ('const' in node) return [typeOf(node['const'])];
  const { type } = node;
  if (type === undefined) return undefined;
  return (Array.isArray(type) ? type : [type]).map(String);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** Whether data of the schema may be of the JSON type. */
export function mayBe(node: Node, ...types: readonly string[]): boolean {
  return typesOf(node)?.some((type) => types.includes(type)) ?? true;
}

/** The values that a schema is limited to; undefined where it is not. */
export function valuesOf(node: Node): readonly unknown[] | undefined {
  if ('const' in node) return [node['const']];
  const values = node['enum'];
  return Array.isArray(values) ? values : undefined;
}

/** The named properties of an object schema. */
export function propertiesOf(node: Node): Node {
  return isNode(node['properties']) ? node['properties'] : {};
}

/** The names that an object must have. */
export function requiredOf(node: Node): readonly string[] {
  return Array.isArray(node['required']) ? node['required'].map(String) : [];
}

/** What an object schema says of a property; of any that it does not name, without one. */
export function propertyOf(node: Node, name?: string): Node {
  const named = name === undefined ? undefined : own(propertiesOf(node), name);
  return bare(named ?? node['additionalProperties']);
}

/** How many elements an array schema describes one by one. */
export function prefixOf(node: Node): number {
  return Array.isArray(node['prefixItems']) ? node['prefixItems'].length : 0;
}

/** What an array schema says of the element at an index. */
export function elementOf(node: Node, index: number): Node {
  const prefix: readonly unknown[] = Array.isArray(node['prefixItems']) ? node['prefixItems'] : [];
  return bare(index < prefix.length ? prefix[index] : node['items']);
}
