import {
  TypeInfo,
  isInterfaceType,
  isObjectType,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import { Extensions } from 'type-graphql';
import { CompositionError, TidemarkError } from '../kernel/index.js';
import { toGraphQLError } from './errors.js';

/** Who is asking: the token's subject, roles and further claims, and until when (ms since 1970) that holds. */
export interface Principal {
  /** The `sub` of the token: the actor of what is written. */
  readonly subject: string;
  /** The roles that rules of access are about. */
  readonly roles: readonly string[];
  /** The token's other claims that are texts. */
  readonly claims: Readonly<Record<string, string>>;
  /** When it ends, in ms since 1970; null for never. */
  readonly expiresAt: number | null;
}

/** The role of operators, who may do everything that staff may, and look after the service. */
export const ADMIN = 'admin';
/** The role of those who work here. */
export const STAFF = 'staff';
/** In a rule: whoever has a valid token. */
export const SIGNED_IN = 'signed in';
/** In a rule: nobody needs to be anybody; for types, whoever may use the field that leads to them. */
export const ANYONE = 'anyone';

/** Who may use a root field, or the fields of a type: any of these roles, or ANYONE. There is no default. */
export function Access(
  first: string,
  ...others: readonly string[]
): ClassDecorator & MethodDecorator & PropertyDecorator {
  return Extensions({ access: [first, ...others] });
}

interface Requirement {
  readonly what: string;
  readonly roles: readonly string[];
}

const EXEMPT = new Set(['Query', 'Mutation', 'Subscription']);

function rulesOf(holder: { readonly extensions: Readonly<Record<string, unknown>> } | null | undefined) {
  const access = holder?.extensions['access'];
  return Array.isArray(access) ? (access as readonly string[]) : undefined;
}

/** Throws a CompositionError that names every root field and every type without a rule. */
export function checkRules(schema: GraphQLSchema): void {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const fields = roots.flatMap((root) =>
    Object.values(root?.getFields() ?? {})
      .filter((field) => rulesOf(field) === undefined)
      .map(({ name }) => `${root?.name ?? ''}.${name}`),
  );
  const types = Object.values(schema.getTypeMap())
    .filter((type) => isGuarded(type) && rulesOf(type) === undefined)
    .map(({ name }) => name);
  const missing = [...fields, ...types];
  if (missing.length === 0) return;
  throw new CompositionError(`Nobody says who may use ${missing.join(', ')}: add @Access('role', …).`);
}

function isGuarded(type: GraphQLNamedType): boolean {
  return (
    (isObjectType(type) || isInterfaceType(type)) && !EXEMPT.has(type.name) && !type.name.startsWith('__')
  );
}

/** Decides for whole operations whether a principal may run them; remembers what each document needs. */
export function createAccessCheck(
  schema: GraphQLSchema,
): (document: DocumentNode, principal: Principal | null) => void {
  const known = new WeakMap<DocumentNode, readonly Requirement[]>();
  return (document, principal) => {
    let requirements = known.get(document);
    if (requirements === undefined) {
      requirements = requirementsOf(schema, document);
      known.set(document, requirements);
    }
    for (const requirement of requirements) {
      if (!requirement.roles.includes(ANYONE)) demand(requirement, principal);
    }
  };
}

function requirementsOf(schema: GraphQLSchema, document: DocumentNode): readonly Requirement[] {
  const info = new TypeInfo(schema);
  const found = new Map<string, Requirement>();
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: ({ name }) => {
        const parent = info.getParentType();
        if (parent == null || name.value.startsWith('__')) return;
        const what = `${parent.name}.${name.value}`;
        // A field's own rule is stricter than its type's; where neither is stated nobody may.
        const roles = rulesOf(info.getFieldDef()) ?? (isGuarded(parent) ? rulesOf(parent) : undefined) ?? [];
        found.set(what, { what, roles });
      },
    }),
  );
  return [...found.values()];
}

function demand({ what, roles }: Requirement, principal: Principal | null): void {
  if (principal === null) {
    throw toGraphQLError(
      new TidemarkError('UNAUTHENTICATED', 'Sign in first: send a token as `Authorization: Bearer …`.'),
    );
  }
  if (
    roles.includes(SIGNED_IN) ||
    principal.roles.includes(ADMIN) ||
    principal.roles.some((role) => roles.includes(role))
  )
    return;
  throw toGraphQLError(new TidemarkError('FORBIDDEN', `You may not use ${what}.`));
}
