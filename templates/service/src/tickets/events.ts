import { defineEvents } from 'tidemark';
import { z } from 'zod';

const ticketId = z.string();
const tags = (data: { readonly ticketId: string }): readonly string[] => [ticketTag(data.ticketId)];

/** The tag of a ticket's events: what a decision about it reads. */
export function ticketTag(id: string): string {
  return `ticket:${id}`;
}

/** The facts of this domain. They are stored as they are here: change them as "Evolving events" says. */
export const ticketEvents = defineEvents({
  TicketOpened: { schema: z.object({ ticketId, subject: z.string(), customer: z.string() }), tags },
  TicketAssigned: { schema: z.object({ ticketId, agent: z.string() }), tags },
  TicketClosed: { schema: z.object({ ticketId, resolution: z.string() }), tags },
});
