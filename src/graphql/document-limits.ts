import {
  GraphQLError,
  Kind,
  specifiedRules,
  type ASTNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { PAGE_SIZE } from './connection.js';
import type { Limits } from './limits/index.js';

/** The most errors that validation looks for. */
export const VALIDATION_ERRORS_MAX = 5;

/** How much a document may ask for. */
export type DocumentLimits = Pick<
  Limits,
  'definitions' | 'depth' | 'rootFields' | 'aliases' | 'directives' | 'cost' | 'pageSize'
>;

interface Measure {
  readonly depth: number;
  readonly cost: number;
}

const NOTHING: Measure = { depth: 0, cost: 0 };

/** Refuses documents that ask for too much, before anything is resolved. Introspection has rules of its own. */
export function documentRule(limits: DocumentLimits): ValidationRule {
  return (context) => ({
    Document: (document) => {
      for (const problem of problemsOf(context, document, limits)) {
        context.reportError(new GraphQLError(`The document is too large: ${problem}.`));
      }
    },
  });
}

/** The rules that documents are validated by, on HTTP and WebSocket alike. */
export function validationRules(limits: DocumentLimits): readonly ValidationRule[] {
  return [documentRule(limits), ...specifiedRules];
}

function problemsOf(
  context: ValidationContext,
  document: DocumentNode,
  limits: DocumentLimits,
): readonly string[] {
  const counts = countNodes(document);
  const problems = [
    over(document.definitions.length, limits.definitions, 'definitions'),
    over(counts.aliases, limits.aliases, 'aliases'),
    over(counts.directives, limits.directives, 'directives'),
  ];
  const measure = measurer(context, limits.pageSize);
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const { depth, cost } = measure(definition.selectionSet);
    const roots = rootFields(context, definition.selectionSet);
    problems.push(over(depth, limits.depth, 'levels'), over(roots, limits.rootFields, 'root fields'));
    problems.push(over(cost, limits.cost, 'fields, counting lists'));
  }
  return problems.filter((problem) => problem !== undefined);
}

function over(count: number, max: number, what: string): string | undefined {
  return count > max
    ? `it has ${Number.isFinite(count) ? count : 'endless'} ${what}, ${max} is the most`
    : undefined;
}

function countNodes(document: DocumentNode): { aliases: number; directives: number } {
  const counts = { aliases: 0, directives: 0 };
  const look = (node: ASTNode): void => {
    if ('directives' in node) counts.directives += node.directives?.length ?? 0;
    if (node.kind === Kind.FIELD && node.alias !== undefined) counts.aliases += 1;
    if ('selectionSet' in node) node.selectionSet?.selections.forEach(look);
  };
  document.definitions.forEach(look);
  return counts;
}

/** Measures selections; each fragment once, so that fragments which double each other cost nothing here. */
function measurer(
  context: ValidationContext,
  pageSizeMax: number,
): (selections: SelectionSetNode) => Measure {
  const fragments = new Map<FragmentDefinitionNode, Measure>();

  function ofFragment(fragment: FragmentDefinitionNode | null | undefined): Measure {
    if (fragment == null) return NOTHING;
    const known = fragments.get(fragment);
    if (known !== undefined) return known;
    // A fragment that spreads itself is another rule's to report; here it just must not go on for ever.
    fragments.set(fragment, NOTHING);
    const measured = measure(fragment.selectionSet);
    fragments.set(fragment, measured);
    return measured;
  }

  function ofField(field: FieldNode): Measure {
    if (field.name.value.startsWith('__')) return { depth: 1, cost: 1 };
    const inner = field.selectionSet === undefined ? NOTHING : measure(field.selectionSet);
    const size = inner.cost === 0 ? 1 : pageSize(field, pageSizeMax);
    return { depth: inner.depth + 1, cost: 1 + size * inner.cost };
  }

  function measure({ selections }: SelectionSetNode): Measure {
    let { depth, cost } = NOTHING;
    for (const selection of selections) {
      const part =
        selection.kind === Kind.FIELD
          ? ofField(selection)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? measure(selection.selectionSet)
            : ofFragment(context.getFragment(selection.name.value));
      depth = Math.max(depth, part.depth);
      cost += part.cost;
    }
    return { depth, cost };
  }

  return measure;
}

/** How many nodes a field may come to: its page's size where it has pages (the largest where a variable says it). */
function pageSize({ name, arguments: given = [], selectionSet }: FieldNode, max: number): number {
  const size = given.find((argument) => argument.name.value === 'first' || argument.name.value === 'last');
  if (size?.value.kind === Kind.INT) return Math.min(Math.max(Number(size.value.value), 1), max);
  if (size !== undefined) return max;
  const paged = selectionSet?.selections.some(
    (selection) => selection.kind === Kind.FIELD && ['edges', 'nodes'].includes(selection.name.value),
  );
  return paged === true && name.value !== 'node' ? Math.min(PAGE_SIZE, max) : 1;
}

function rootFields(
  context: ValidationContext,
  { selections }: SelectionSetNode,
  seen = new Set<string>(),
): number {
  return selections.reduce((count, selection) => {
    if (selection.kind === Kind.FIELD) return count + 1;
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return count + rootFields(context, selection.selectionSet, seen);
    const name = selection.name.value;
    if (seen.has(name)) return count;
    const fragment = context.getFragment(name);
    return fragment == null ? count : count + rootFields(context, fragment.selectionSet, seen.add(name));
  }, 0);
}
