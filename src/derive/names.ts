import { CompositionError } from '../kernel/index.js';

const NAME = /^[A-Za-z][A-Za-z0-9_]*$/;

/** Whether GraphQL takes it as the name of a type, a field or a value. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/** The same, where it can be a name in GraphQL; a CompositionError says of what where it cannot. */
export function nameOf(text: string, what: string): string {
  if (isName(text)) return text;
  throw new CompositionError(
    `${what} is called ${JSON.stringify(text)}, which is no name in GraphQL: use letters, digits and _.`,
  );
}

/** `lendBook` as a type is called: `LendBook`. */
export function capitalised(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** `LibraryBook` as a field is called: `libraryBook`. */
export function uncapitalised(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** `lentTo` as a value of an enum is called: `LENT_TO`. */
export function screaming(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
}
