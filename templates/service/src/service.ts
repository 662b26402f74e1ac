import { defineService } from 'tidemark/service';
import { tickets, ticketResolvers } from './tickets/module.js';

/** The service: its domains, and what they show to clients. The command line finds it by package.json. */
export const service = defineService({
  name: '{{name}}',
  modules: [tickets],
  resolvers: ticketResolvers,
  playground: [
    {
      title: 'Open a ticket, and read it as it is then',
      query: `mutation OpenTicket {
  openTicket(input: { subject: "The door does not open", customer: "Ada" }) {
    receipt { position }
    ticket { id status position }
  }
}`,
    },
    {
      title: 'All open tickets, newest first',
      query: `query OpenTickets {
  tickets(filter: { status: OPEN }, orderBy: [{ field: OPENED_AT, direction: DESC }]) {
    nodes { id subject agent openedAt }
  }
}`,
    },
  ],
});
