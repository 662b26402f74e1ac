import { isRecord } from './told.js';
import type { Document } from './types.js';

/** Prints a parsed document: `print` of graphql. Only parsed documents that were not made from text need it. */
export type Print = (document: never) => string;

/** The text of a document. Throws for a parsed document without its text where there is no `print`. */
export function textOf<Data, Variables>(document: Document<Data, Variables>, print?: Print): string {
  if (typeof document === 'string') return document;
  // Typed text is a String object.
  if (document instanceof String) return document.toString();
  if (print !== undefined) {
    // What is neither text nor String is a parsed document, which is what `print` takes.
    return print(document as never);
  }
  const body = sourceOf(document);
  if (body !== undefined) return body;
  throw new TypeError(
    'This document is parsed and has no text. Pass print (of graphql) to createClient, or generate documents with documentMode: "string".',
  );
}

/** Documents that `gql` or `parse` made carry the text that they were made from. */
function sourceOf(document: object): string | undefined {
  const loc = 'loc' in document ? document.loc : undefined;
  const source = isRecord(loc) ? loc['source'] : undefined;
  const body = isRecord(source) ? source['body'] : undefined;
  return typeof body === 'string' ? body : undefined;
}

/** True for a subscription that can go on after a position: it has a variable `$after: Position`. */
export function canResume(text: string): boolean {
  return /\$after\s*:\s*Position\b/.test(text);
}
