/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
export type ProjectionState =
  /** Its views are being built; until then those of an older version are served, or none. */
  | 'BUILDING'
  /** Far behind the log, and reading. */
  | 'CATCHING_UP'
  /** Cannot go on; tries again by itself, and nothing is skipped. */
  | 'FAILED'
  /** Applies events as they come. */
  | 'LIVE'
  /** Waits for `resumeProjection`. */
  | 'PAUSED'
  /** Not running. */
  | 'STOPPED';

export type ProjectionsQueryVariables = Exact<{ [key: string]: never; }>;


export type ProjectionsQuery = { projections: Array<{ name: string, state: ProjectionState }> };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}

export const ProjectionsDocument = new TypedDocumentString(`
    query Projections {
  projections {
    name
    state
  }
}
    `) as unknown as TypedDocumentString<ProjectionsQuery, ProjectionsQueryVariables>;