/** Marks a word whose text the parser would take for a number or an option, and change or drop. */
const MARK = '\0';

/** The words of a call, safe to be parsed: `007` stays a folder's name, and a lone `-` is not an option. */
export function protect(words: readonly string[]): readonly string[] {
  return words.map((word) => {
    if (word === '-' || isNumber(word)) return MARK + word;
    const [, option, value] = /^(--[^=]+=)(.*)$/s.exec(word) ?? [];
    return option !== undefined && value !== undefined && isNumber(value) ? option + MARK + value : word;
  });
}

/** A word as it was before it was protected; other values as they are. */
export function unprotect(value: unknown): unknown {
  return typeof value === 'string' && value.startsWith(MARK) ? value.slice(MARK.length) : value;
}

function isNumber(word: string): boolean {
  return Number.isFinite(Number(word));
}
