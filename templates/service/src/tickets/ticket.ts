import { defineDecider, refuse } from 'tidemark';
import { z } from 'zod';
import { ticketEvents, ticketTag } from './events.js';

const ticketId = z.uuid();

/** What decisions about a ticket need to know. */
type Ticket = { readonly status: 'UNKNOWN' | 'OPEN' | 'CLOSED'; readonly agent: string | null };

const unknown: Ticket = { status: 'UNKNOWN', agent: null };
const notFound = refuse('TICKET_NOT_FOUND', 'There is no ticket with this id.', ['ticketId']);
const closed = refuse('TICKET_CLOSED', 'The ticket is closed. Open a new one.', ['ticketId']);

/** One ticket, from its opening to its closing. Pure functions: no clock, no database, no randomness. */
export const ticket = defineDecider({
  name: 'ticket',
  events: ticketEvents,
  inputs: {
    openTicket: z.object({ subject: z.string().trim().min(1).max(200), customer: z.string().min(1) }),
    assignTicket: z.object({ ticketId, agent: z.string().min(1) }),
    closeTicket: z.object({ ticketId, resolution: z.string().trim().min(1) }),
  },
  subject: ({ input, freshId }) => ('ticketId' in input ? input.ticketId : freshId),
  boundary: ({ input, freshId }) => [{ tags: [ticketTag('ticketId' in input ? input.ticketId : freshId)] }],
  initial: unknown,
  evolve: {
    TicketOpened: () => ({ status: 'OPEN', agent: null }),
    TicketAssigned: (state, { agent }) => ({ ...state, agent }),
    TicketClosed: (state) => ({ ...state, status: 'CLOSED' }),
  },
  decide: {
    openTicket: (_, { input, freshId }) => [{ type: 'TicketOpened', data: { ticketId: freshId, ...input } }],
    assignTicket: (state, { input }) => {
      if (state.status === 'UNKNOWN') return notFound;
      if (state.status === 'CLOSED') return closed;
      // Already true: nothing to record, and no error either.
      if (state.agent === input.agent) return [];
      return [{ type: 'TicketAssigned', data: input }];
    },
    closeTicket: (state, { input }) => {
      if (state.status === 'UNKNOWN') return notFound;
      if (state.status === 'CLOSED') return [];
      if (state.agent === null) return refuse('NOT_ASSIGNED', 'Assign the ticket to somebody first.');
      return [{ type: 'TicketClosed', data: input }];
    },
  },
});
