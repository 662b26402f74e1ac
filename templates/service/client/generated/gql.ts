/* eslint-disable */
import * as types from './graphql.js';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  mutation OpenTicket($input: OpenTicketInput!) {\n    openTicket(input: $input) {\n      userErrors {\n        code\n        message\n      }\n      ticket {\n        id\n        status\n        position\n      }\n    }\n  }\n": typeof types.OpenTicketDocument,
    "\n  query OpenTickets($customer: String!) {\n    tickets(\n      filter: { status: OPEN, customer: $customer }\n      orderBy: [{ field: OPENED_AT, direction: DESC }]\n      first: 20\n    ) {\n      nodes {\n        id\n        subject\n        agent\n      }\n    }\n  }\n": typeof types.OpenTicketsDocument,
};
const documents: Documents = {
    "\n  mutation OpenTicket($input: OpenTicketInput!) {\n    openTicket(input: $input) {\n      userErrors {\n        code\n        message\n      }\n      ticket {\n        id\n        status\n        position\n      }\n    }\n  }\n": types.OpenTicketDocument,
    "\n  query OpenTickets($customer: String!) {\n    tickets(\n      filter: { status: OPEN, customer: $customer }\n      orderBy: [{ field: OPENED_AT, direction: DESC }]\n      first: 20\n    ) {\n      nodes {\n        id\n        subject\n        agent\n      }\n    }\n  }\n": types.OpenTicketsDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation OpenTicket($input: OpenTicketInput!) {\n    openTicket(input: $input) {\n      userErrors {\n        code\n        message\n      }\n      ticket {\n        id\n        status\n        position\n      }\n    }\n  }\n"): typeof import('./graphql.js').OpenTicketDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query OpenTickets($customer: String!) {\n    tickets(\n      filter: { status: OPEN, customer: $customer }\n      orderBy: [{ field: OPENED_AT, direction: DESC }]\n      first: 20\n    ) {\n      nodes {\n        id\n        subject\n        agent\n      }\n    }\n  }\n"): typeof import('./graphql.js').OpenTicketsDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
