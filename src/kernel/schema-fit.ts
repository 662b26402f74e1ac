import { isDeepStrictEqual } from 'node:util';
import {
  alternatives,
  bare,
  elementOf,
  isNever,
  isSame,
  mayBe,
  own,
  prefixOf,
  propertiesOf,
  propertyOf,
  requiredOf,
  resolve,
  typesOf,
  valuesOf,
  type JsonSchema,
  type Node,
} from './json-schema.js';
import { LIMITS, newLimits } from './schema-bounds.js';

/** Where data of the older schema need not satisfy the newer one (`lines[].sku`; empty for the whole), and why. */
export interface Misfit {
  readonly path: string;
  readonly reason: string;
}

interface Scope {
  readonly path: string;
  readonly beforeRoot: JsonSchema;
  readonly nowRoot: JsonSchema;
  /** Pairs with references that are being compared further up: a schema that contains itself fits if the rest does. */
  readonly assumed: ReadonlySet<string>;
}

type Check = (before: Node, now: Node, scope: Scope) => readonly Misfit[];

/**
 * Why data that satisfies `before` need not satisfy `now`; empty means that all of it does. It errs on the side of a
 * misfit: where a keyword is not known to it, or only a cleverer comparison could tell, it says so.
 */
export function misfits(before: JsonSchema, now: JsonSchema): readonly Misfit[] {
  const scope = { path: '', beforeRoot: before, nowRoot: now, assumed: new Set<string>() };
  const found = fit(bare(before), bare(now), scope);
  // Alternatives of the older schema often fail for the same reason.
  return [...new Map(found.map((one) => [`${one.path} ${one.reason}`, one])).values()];
}

function fit(before: Node, now: Node, scope: Scope): readonly Misfit[] {
  if (Object.keys(now).length === 0 || isNever(before) || isSame(before, now)) return [];
  if ('$ref' in before || '$ref' in now) return fitReferred(before, now, scope);
  const each = alternatives(before);
  if (each !== undefined) return each.flatMap((one) => fit(one, now, scope));
  if (isNever(now)) return misfit(scope, 'is no longer accepted');
  const strange = strangeKeyword(before, now);
  if (strange !== undefined) return misfit(scope, `uses ${strange}, which cannot be compared`);
  if (before['allOf'] !== undefined && now['allOf'] === undefined)
    return fitAny(
      members(before, 'allOf').map((member) => fit(member, now, scope)),
      scope,
    );
  const ofType = checkType(before, now, scope);
  return ofType.length > 0 ? ofType : CHECKS.flatMap((check) => check(before, now, scope));
}

function fitReferred(before: Node, now: Node, scope: Scope): readonly Misfit[] {
  const pair = JSON.stringify([before, now]);
  if (scope.assumed.has(pair)) return [];
  const [older, newer] = [resolve(before, scope.beforeRoot), resolve(now, scope.nowRoot)];
  if (older === undefined || newer === undefined) return misfit(scope, 'uses a $ref that cannot be followed');
  return fit(older, newer, { ...scope, assumed: new Set([...scope.assumed, pair]) });
}

/** Keywords that are understood, on either side; of unions and negations only those that `fit` took apart. */
const KNOWN = new Set([
  ...LIMITS,
  ...['type', 'const', 'enum', 'properties', 'required', 'additionalProperties', 'propertyNames'],
  ...['items', 'prefixItems'],
]);

function strangeKeyword(before: Node, now: Node): string | undefined {
  const alone = Object.keys(before).length === 1 ? ['allOf'] : [];
  const ofBefore = Object.keys(before).find((keyword) => !KNOWN.has(keyword) && !alone.includes(keyword));
  const ofNow = Object.keys(now).find((keyword) => !KNOWN.has(keyword) && !/^(any|one|all)Of$/.test(keyword));
  const listed = [before, now].some((node) => Array.isArray(node['items']));
  return ofBefore ?? ofNow ?? (listed ? 'a list of items' : undefined);
}

function misfit({ path }: Scope, reason: string): readonly Misfit[] {
  return [{ path, reason }];
}

function members(node: Node, keyword: string): readonly Node[] {
  return Array.isArray(node[keyword]) ? node[keyword].map(bare) : [];
}

/** Nothing where one attempt found nothing; else the attempt that came closest. */
function fitAny(attempts: readonly (readonly Misfit[])[], scope: Scope): readonly Misfit[] {
  const none = misfit(scope, 'fits none of the alternatives');
  return attempts.reduce((best, one) => (closeness(one) <= closeness(best) ? one : best), none);
}

function closeness(found: readonly Misfit[]): number {
  // A difference further down is nearer than one at the top, where the very kind of data differs.
  return found.reduce((sum, { path }) => sum + 1 / (1 + path.length), 0);
}

const checkType: Check = (before, now, scope) => {
  const accepted = now['type'] === undefined ? undefined : typesOf({ type: now['type'] });
  const types = typesOf(before);
  if (accepted === undefined) return [];
  if (types === undefined) return misfit(scope, `was anything, and must be ${accepted.join(' or ')} now`);
  const gone = types.filter((type) => !accepts(accepted, type));
  if (gone.length === 0) return [];
  return misfit(scope, `was ${gone.join(' or ')}, and must be ${accepted.join(' or ')} now`);
};

function accepts(accepted: readonly string[], type: string): boolean {
  return accepted.includes(type) || (type === 'integer' && accepted.includes('number'));
}

const checkValues: Check = (before, now, scope) => {
  const accepted = [now['const'], now['enum']].some((keyword) => keyword !== undefined)
    ? valuesOf(now)
    : undefined;
  if (accepted === undefined) return [];
  if (!('const' in before)) return misfit(scope, `is limited to ${JSON.stringify(accepted)} now`);
  const { const: value } = before;
  if (accepted.some((one) => isDeepStrictEqual(one, value))) return [];
  return misfit(scope, `was ${JSON.stringify(value)}, which is no longer accepted`);
};

const checkLimits: Check = (before, now, scope) =>
  newLimits(before, now).flatMap((reason) => misfit(scope, reason));

const checkProperties: Check = (before, now, scope) => {
  if (!mayBe(before, 'object')) return [];
  const names = Object.keys({ ...propertiesOf(before), ...propertiesOf(now) });
  const at = (name: string): Scope => ({
    ...scope,
    path: scope.path === '' ? name : `${scope.path}.${name}`,
  });
  const named = names.flatMap((name) =>
    fitMember(propertyOf(before, name), propertyOf(now, name), at(name), 'was removed'),
  );
  const others = fitMember(propertyOf(before), propertyOf(now), at('*'), 'is no longer accepted');
  return [...checkRequired(before, now, at), ...named, ...others, ...checkNames(before, now, scope)];
};

function checkRequired(before: Node, now: Node, at: (name: string) => Scope): readonly Misfit[] {
  return requiredOf(now)
    .filter((name) => !requiredOf(before).includes(name))
    .flatMap((name) => {
      const known = own(propertiesOf(before), name) !== undefined;
      return misfit(at(name), known ? 'was optional, and is required now' : 'is new and required');
    });
}

function checkNames(before: Node, now: Node, scope: Scope): readonly Misfit[] {
  if (now['propertyNames'] === undefined) return [];
  const closed = isNever(propertyOf(before)) ? { enum: Object.keys(propertiesOf(before)) } : {};
  const names = before['propertyNames'] ?? { type: 'string', ...closed };
  return fit(bare(names), bare(now['propertyNames']), { ...scope, path: `${scope.path}{key}` });
}

const checkElements: Check = (before, now, scope) => {
  if (!mayBe(before, 'array')) return [];
  const single = Math.max(prefixOf(before), prefixOf(now));
  return Array.from({ length: single + 1 }, (_, index) => {
    const path = `${scope.path}[${index === single ? '' : index}]`;
    const [older, newer] = [elementOf(before, index), elementOf(now, index)];
    return fitMember(older, newer, { ...scope, path }, 'is no longer accepted');
  }).flat();
};

function fitMember(before: Node, now: Node, scope: Scope, gone: string): readonly Misfit[] {
  return isNever(now) && !isNever(before) ? misfit(scope, gone) : fit(before, now, scope);
}

const checkUnions: Check = (before, now, scope) => {
  const attempt = (keyword: string) => members(now, keyword).map((member) => fit(before, member, scope));
  const any = now['anyOf'] === undefined ? [] : fitAny(attempt('anyOf'), scope);
  return [...any, ...checkOneOf(before, now, scope), ...attempt('allOf').flat()];
};

function checkOneOf(before: Node, now: Node, scope: Scope): readonly Misfit[] {
  if (now['oneOf'] === undefined) return [];
  const branches = members(now, 'oneOf');
  const attempts = branches.map((branch) => fit(before, branch, scope));
  const fitting = attempts.findIndex((attempt) => attempt.length === 0);
  if (fitting === -1) return fitAny(attempts, scope);
  const others = branches.filter((_, index) => index !== fitting);
  if (others.every((branch) => isApart(before, branch, scope))) return [];
  return misfit(scope, 'may satisfy more than one of the alternatives, and oneOf accepts exactly one');
}

/** Whether no data can satisfy both: other types, or a required property with other values. */
function isApart(before: Node, other: Node, scope: Scope): boolean {
  const node = resolve(other, scope.nowRoot) ?? {};
  const each = alternatives(node);
  if (each !== undefined) return each.every((one) => isApart(before, one, scope));
  const [types, others] = [typesOf(before), typesOf(node)];
  if (types !== undefined && others !== undefined && !types.some((type) => meets(others, type))) return true;
  const shared = requiredOf(before).filter((name) => requiredOf(node).includes(name));
  return mayBeOnly(types, 'object') && shared.some((name) => differ(before, node, name));
}

function meets(others: readonly string[], type: string): boolean {
  return accepts(others, type) || (type === 'number' && others.includes('integer'));
}

function mayBeOnly(types: readonly string[] | undefined, type: string): boolean {
  return types?.every((one) => one === type) ?? false;
}

function differ(before: Node, other: Node, name: string): boolean {
  const [values, others] = [valuesOf(propertyOf(before, name)), valuesOf(propertyOf(other, name))];
  if (values === undefined || others === undefined) return false;
  return !values.some((value) => others.some((one) => isDeepStrictEqual(one, value)));
}

const CHECKS: readonly Check[] = [checkValues, checkLimits, checkProperties, checkElements, checkUnions];
