import { Kind, visit, type DocumentNode, type OperationDefinitionNode, type ValueNode } from 'graphql';

/** The argument that says which frame a subscriber has; what is pushed does not depend on it. */
const AFTER = 'after';

/** What one subscription asks for. */
export interface Asked {
  readonly query: string;
  readonly operationName: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

const ownVariables = new WeakMap<DocumentNode, ReadonlyMap<string | null | undefined, string | undefined>>();

/** The same text for all who are to be sent the same frames: document, operation, variables and audience. */
export function keyOf(
  { query, operationName, variables }: Asked,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  audience: string,
): string {
  const own = afterVariable(document, operation);
  const shared = Object.entries(variables)
    .filter(([name]) => name !== own)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return JSON.stringify([query, operationName ?? null, shared, audience]);
}

/** The variable that is each subscriber's own: it is used for nothing but `after`. */
function afterVariable(document: DocumentNode, operation: OperationDefinitionNode): string | undefined {
  const known = ownVariables.get(document);
  const name = operation.name?.value ?? null;
  if (known?.has(name) === true) return known.get(name);
  const found = findAfterVariable(document, operation);
  ownVariables.set(document, new Map([...(known ?? []), [name, found]]));
  return found;
}

function findAfterVariable(document: DocumentNode, operation: OperationDefinitionNode): string | undefined {
  const [root] = operation.selectionSet.selections;
  if (root?.kind !== Kind.FIELD) return undefined;
  const value = root.arguments?.find(({ name }) => name.value === AFTER)?.value;
  if (value?.kind !== Kind.VARIABLE) return undefined;
  return countUses(document, value) === 1 ? value.name.value : undefined;
}

function countUses(document: DocumentNode, { name }: Extract<ValueNode, { kind: Kind.VARIABLE }>): number {
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable: (variable) => {
      if (variable.name.value === name.value) uses += 1;
    },
  });
  return uses;
}
