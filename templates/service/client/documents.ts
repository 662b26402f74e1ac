import { graphql } from './generated/index.js';

/** Opens a ticket, and reads it as it is then. */
export const OpenTicket = graphql(`
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
`);

/** A customer's open tickets, newest first. */
export const OpenTickets = graphql(`
  query OpenTickets($customer: String!) {
    tickets(
      filter: { status: OPEN, customer: $customer }
      orderBy: [{ field: OPENED_AT, direction: DESC }]
      first: 20
    ) {
      nodes {
        id
        subject
        agent
      }
    }
  }
`);
