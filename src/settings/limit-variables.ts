// Not by the edge's own door: the command line reads the settings, too, and would load a whole server with it.
import {
  LIMITS,
  defaultLimits,
  limitNames,
  variableOf,
  type LimitName,
  type Limits,
} from '../graphql/limits/index.js';

/** How many edits may lie between a misspelt name and one that is suggested. */
const EDITS_MAX = 8;
const SUGGESTIONS_MAX = 3;

/** One variable that is wrong, and what was expected in its place. */
export interface WrongVariable {
  readonly name: string;
  readonly expected: string;
}

/** The limits that the environment's `LIMIT_…` variables ask for, and what is wrong with those variables. */
export function readLimits(environment: Readonly<Record<string, string>>): {
  readonly limits: Limits;
  readonly wrong: readonly WrongVariable[];
} {
  const limits: Record<string, number> = { ...defaultLimits };
  const wrong: WrongVariable[] = [];
  const names = new Map(limitNames.map((name) => [variableOf(name), name]));
  for (const [variable, text] of Object.entries(environment)) {
    if (!variable.startsWith('LIMIT_')) continue;
    const name = names.get(variable);
    const expected = name === undefined ? suggestion(variable, [...names.keys()]) : expectation(name, text);
    if (expected !== undefined) wrong.push({ name: variable, expected });
    else if (name !== undefined) limits[name] = Number(text);
  }
  // Every name had a number before, and has one now.
  return { limits: limits as unknown as Limits, wrong };
}

/** What a value should have been; undefined where it is one. */
function expectation(name: LimitName, text: string): string | undefined {
  const { min, max, unit } = LIMITS[name].range;
  const value = Number(text);
  if (/^\d{1,15}$/.test(text) && value >= min && value <= max) return undefined;
  return `a whole number of ${unit}, ${min} to ${max}`;
}

function suggestion(misspelt: string, known: readonly string[]): string {
  const near = known
    .map((name) => ({ name, edits: editsBetween(misspelt, name) }))
    .filter(({ edits }) => edits <= EDITS_MAX)
    .sort((a, b) => a.edits - b.edits)
    .slice(0, SUGGESTIONS_MAX)
    .map(({ name }) => name);
  const hint =
    near.length > 0 ? `did you mean ${near.join(', ')}?` : 'docs/reference/configuration.md lists them all';
  return `the name of a limit, and this is none: ${hint}`;
}

/** How many letters must be put in, left out or changed to get from one text to another. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...from].entries()) {
    const next = [at + 1];
    for (let index = 1; index <= to.length; index += 1) {
      const changed = (row[index - 1] ?? 0) + (letter === to[index - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[index] ?? 0) + 1, (next[index - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
