import { Field, InputType, ObjectType, registerEnumType, type ClassType } from 'type-graphql';
import { Access } from '../graphql/index.js';
import { CompositionError } from '../kernel/index.js';

/** Who may use something: any of these roles. There is no default. */
export type Roles = readonly [string, ...string[]];

/** What a field is of: a scalar, a class that is a type, an enum; in brackets a list of it. */
export type TypeThunk = () => object;

/** A field of a derived type; not null where nothing else is said. */
export interface FieldDefinition {
  readonly type: TypeThunk;
  readonly nullable?: boolean | 'items' | 'itemsAndList';
  readonly defaultValue?: unknown;
  readonly description?: string | undefined;
}

/** The fields of a derived type by name. */
export type FieldDefinitions = Readonly<Record<string, FieldDefinition>>;

/** The rule, for classes, methods and fields; a CompositionError where it names nobody. */
export function accessOf(roles: Roles | undefined, what: string): ReturnType<typeof Access> {
  if (Array.isArray(roles) && roles.length > 0) return Access(...(roles as Roles));
  throw new CompositionError(`Nobody says who may use ${what}: add it to access, such as [STAFF].`);
}

/** A new object type whose objects are plain data with these fields, under this rule. */
export function objectType(
  name: string,
  description: string | undefined,
  access: ClassDecorator,
  fields: FieldDefinitions,
): ClassType {
  const type = class {};
  ObjectType(name, { simpleResolvers: true, ...(description !== undefined && { description }) })(type);
  access(type);
  return withFields(type, fields);
}

/** A new input type. */
export function inputType(
  name: string,
  description: string | undefined,
  fields: FieldDefinitions,
): ClassType {
  const type = class {};
  InputType(name, description === undefined ? {} : { description })(type);
  return withFields(type, fields);
}

/** Adds fields to a class that is a type, or the arguments of a field. */
export function withFields<Type extends ClassType>(type: Type, fields: FieldDefinitions): Type {
  for (const [name, { type: of, description, ...options }] of Object.entries(fields))
    Field(of, { ...options, ...(description !== undefined && { description }) })(type.prototype, name);
  return type;
}

/** An enum of texts: what `registerEnumType` takes, and fields have as their type. */
export type TextEnum = Readonly<Record<string, string>>;

/** A new enum type, each value by its name. */
export function enumType(name: string, values: TextEnum): TextEnum {
  // A new object each time: type-graphql tells enums apart by it.
  const type = { ...values };
  registerEnumType(type, { name });
  return type;
}

/** Applies decorators to a method, as they are without their syntax. */
export function method(type: ClassType, name: string, decorators: readonly MethodDecorator[]): void {
  const prototype = type.prototype;
  for (const decorate of decorators)
    decorate(prototype, name, Object.getOwnPropertyDescriptor(prototype, name) ?? {});
}
