import type { OptionHelp, Verb } from './verb.js';

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

/** What a verb is called, without its arguments. */
export function nameOf({ usage }: Pick<Verb, 'usage'>): string {
  return usage.replace(/ [<[].*/, '');
}

/** The words of a call, taken apart as far as the parser cannot: it knows names of one word only. */
export interface Call {
  /** With a name of two words as one. */
  readonly words: readonly string[];
  /** What stands where a name is expected, and what comes after it. */
  readonly first: string | undefined;
  readonly second: string | undefined;
}

/** Finds the verb's name among the options around it. */
export function readCall(
  words: readonly string[],
  verbs: readonly Verb[],
  options: readonly OptionHelp[],
): Call {
  const [at = -1, next = -1] = plainWords(words, options);
  const [first, second] = [words[at], words[next]];
  const name = `${first} ${second}`;
  if (!verbs.some((verb) => nameOf(verb) === name)) return { words, first, second };
  return { words: words.with(at, name).toSpliced(next, 1), first: name, second };
}

/** Where the words are that are neither options nor their values. */
function plainWords(words: readonly string[], options: readonly OptionHelp[]): readonly number[] {
  const valued = options
    .filter(([option]) => option.includes('<'))
    .flatMap(([option]) => option.split(/[ ,]+/).filter((part) => part.startsWith('-')));
  return words.flatMap((word, at) =>
    (word.startsWith('-') && word !== '-') || valued.includes(words[at - 1] ?? '') ? [] : [at],
  );
}
