import { gql, type TypedDocumentNode } from '@urql/core';
import type { TypedDocumentString } from '../generated/graphql.js';

/** A generated document as urql wants it: parsed, with its types. */
export function node<Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
): TypedDocumentNode<Data, Variables & Record<string, unknown>> {
  return gql<Data, Variables & Record<string, unknown>>(document.toString());
}
