/** Something that is wrong with a log: which promise is broken, where, and how. */
export interface Finding {
  readonly check: string;
  readonly where: string;
  readonly message: string;
}

/** The most findings that are kept; all are counted. */
export const FINDINGS_MAX = 100;

/** Findings as they are made. */
export interface Findings {
  add(check: string, where: string, message: string): void;
  list(): readonly Finding[];
  total(): number;
}

/** No findings yet. */
export function createFindings(): Findings {
  const kept: Finding[] = [];
  let total = 0;
  return {
    add: (check, where, message) => {
      total += 1;
      if (kept.length < FINDINGS_MAX) kept.push({ check, where, message });
    },
    list: () => kept,
    total: () => total,
  };
}
