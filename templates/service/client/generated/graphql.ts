/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What goes with any command. */
export type CommandOptions = {
  /** A UUID, best of version 7. The same id with the same input is done once, however often it is sent. */
  commandId?: string | null | undefined;
  /** Answer CONFLICT if what the command is about changed after this position. */
  ifUnchangedSince?: string | null | undefined;
};

export type OpenTicketInput = {
  customer: string;
  options?: CommandOptions | null | undefined;
  subject: string;
};

export type TicketStatus =
  | 'CLOSED'
  | 'OPEN';

export type OpenTicketMutationVariables = Exact<{
  input: OpenTicketInput;
}>;


export type OpenTicketMutation = { openTicket: { userErrors: Array<{ code: string, message: string }>, ticket: { id: string, status: TicketStatus, position: string } | null } };

export type OpenTicketsQueryVariables = Exact<{
  customer: string;
}>;


export type OpenTicketsQuery = { tickets: { nodes: Array<{ id: string, subject: string, agent: string | null }> } };

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

export const OpenTicketDocument = new TypedDocumentString(`
    mutation OpenTicket($input: OpenTicketInput!) {
  openTicket(input: $input) {
    userErrors {
      code
      message
    }
    ticket {
      id
      status
      position
    }
  }
}
    `) as unknown as TypedDocumentString<OpenTicketMutation, OpenTicketMutationVariables>;
export const OpenTicketsDocument = new TypedDocumentString(`
    query OpenTickets($customer: String!) {
  tickets(
    filter: {status: OPEN, customer: $customer}
    orderBy: [{field: OPENED_AT, direction: DESC}]
    first: 20
  ) {
    nodes {
      id
      subject
      agent
    }
  }
}
    `) as unknown as TypedDocumentString<OpenTicketsQuery, OpenTicketsQueryVariables>;