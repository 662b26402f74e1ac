import { TidemarkError } from '../kernel/index.js';
import { refusedEarly } from './errors.js';
import type { Limits } from './limits/index.js';

/** How much the variables of an operation may hold. */
export type VariableLimits = Pick<Limits, 'variables' | 'variableItems' | 'variableValues' | 'variableDepth'>;

/** Throws BAD_USER_INPUT where an operation's variables hold too much, before any of them is looked at more closely. */
export function checkVariables(variables: Readonly<Record<string, unknown>>, limits: VariableLimits): void {
  const problem = problemOf(variables, limits);
  if (problem === undefined) return;
  throw refusedEarly(new TidemarkError('BAD_USER_INPUT', `The variables hold too much: ${problem}.`));
}

/** Walks level by level: what nests without end must not make this call itself without end. */
function problemOf(variables: object, limits: VariableLimits): string | undefined {
  const count = Object.keys(variables).length;
  if (count > limits.variables) return `there are ${count}, ${limits.variables} is the most`;
  let values = 0;
  let level: unknown[] = Object.values(variables);
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > limits.variableDepth) return `they nest deeper than ${limits.variableDepth} levels`;
    const inside: unknown[] = [];
    for (const value of level) {
      if (Array.isArray(value) && value.length > limits.variableItems)
        return `a list has ${value.length} items, ${limits.variableItems} is the most`;
      for (const part of partsOf(value)) inside.push(part);
    }
    values += inside.length;
    if (values > limits.variableValues) return `there are more than ${limits.variableValues} values in them`;
    level = inside;
  }
  return undefined;
}

function partsOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}
