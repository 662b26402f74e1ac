import { Float, ID, Int, type ClassType } from 'type-graphql';
import { capitalised } from './names.js';
import type { ObjectShape, Shape, ShapeField } from './input-shape.js';
import { enumType, inputType, type FieldDefinition, type TextEnum } from './types.js';

const SCALARS = { ID, String, Int, Float, Boolean };

/** The enums that are there already: an input that may be just their values is of them. */
export type KnownEnums = readonly TextEnum[];

/** The fields of a new input type of this shape; `name` is what the types below are called after. */
export function inputFields(
  name: string,
  { fields }: ObjectShape,
  known: KnownEnums,
): Readonly<Record<string, FieldDefinition>> {
  return Object.fromEntries(
    fields.map((field) => [field.name, fieldOf(name + capitalised(field.name), field, known)]),
  );
}

function fieldOf(
  name: string,
  { shape, required, defaultValue }: ShapeField,
  known: KnownEnums,
): FieldDefinition {
  const type = typeOf(name, shape, known);
  const { description } = shape;
  const nullable = defaultValue === undefined && (!required || shape.nullable);
  const nullableItems = shape.kind === 'list' && shape.items.nullable;
  return {
    type: () => type,
    nullable: nullableItems ? (nullable ? 'itemsAndList' : 'items') : nullable,
    description,
    ...(defaultValue !== undefined && { defaultValue }),
  };
}

function typeOf(name: string, shape: Shape, known: KnownEnums): object {
  if (shape.kind === 'list') return [typeOf(name, shape.items, known)];
  if (shape.kind === 'object') return objectOf(name, shape, known);
  return shape.kind === 'enum' ? enumOf(name, shape.values, known) : SCALARS[shape.kind];
}

function objectOf(name: string, shape: ObjectShape, known: KnownEnums): ClassType {
  return inputType(`${name}Input`, shape.description, inputFields(name, shape, known));
}

function enumOf(name: string, values: readonly string[], known: KnownEnums): TextEnum {
  const same = known.find(
    (type) => Object.keys(type).length === values.length && values.every((value) => value in type),
  );
  return same ?? enumType(name, Object.fromEntries(values.map((value) => [value, value])));
}

/**
 * What the schema is given for what a client sent: null counts as left out where the schema does not know null, and what was
 * left out as null where it has to be there.
 */
export function toInput(shape: Shape, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  // GraphQL has made sure that a list is a list, or one item, and an object one.
  if (shape.kind === 'list') return (value as readonly unknown[]).map((item) => toInput(shape.items, item));
  if (shape.kind !== 'object') return value;
  const given = value as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    shape.fields
      .filter(({ name, shape: { nullable }, required }) =>
        (given[name] ?? null) === null ? nullable && (required || name in given) : true,
      )
      .map(({ name, shape: field }) => [name, toInput(field, given[name])]),
  );
}
