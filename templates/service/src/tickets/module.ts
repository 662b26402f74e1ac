import type { Module } from 'tidemark';
import { deriveCommands, deriveView } from 'tidemark/derive';
import { SIGNED_IN, STAFF } from 'tidemark/graphql';
import { ticketsProjection } from './projection.js';
import { ticket } from './ticket.js';

/** `ticket(id:)` and `tickets(filter:, orderBy:, first:, after:)`, made of the table. */
const view = deriveView(ticketsProjection, 'tickets', {
  type: 'Ticket',
  description: 'Something that a customer needs help with.',
  access: [SIGNED_IN],
  filter: ['status', 'agent', 'customer'],
  orderBy: ['openedAt'],
});

/** A mutation for each command; selecting `ticket` in its payload shows the ticket as it is after the command. */
const commands = deriveCommands(ticket, {
  access: { '*': [STAFF], openTicket: [SIGNED_IN] },
  returns: view,
});

/** The domain: what it decides, projects and answers. */
export const tickets: Module = {
  name: 'tickets',
  deciders: [ticket],
  projections: [ticketsProjection],
  queries: view.queries,
};

export const ticketResolvers = [view.resolver, commands.resolver];
