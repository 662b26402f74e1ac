import { integer, index, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import { defineProjection, keyedBy } from 'tidemark';
import { ticketEvents } from './events.js';

/** The tickets as clients see them. The file they are in may be deleted at any time: it is built from the log. */
export const ticketsTable = sqliteTable(
  'tickets',
  {
    id: text().primaryKey(),
    subject: text().notNull(),
    customer: text().notNull(),
    status: text({ enum: ['OPEN', 'CLOSED'] }).notNull(),
    agent: text(),
    resolution: text(),
    openedAt: integer('opened_at', { mode: 'timestamp_ms' }).notNull(),
    position: integer().notNull(),
  },
  (table) => [index('tickets_opened').on(table.openedAt, table.id)],
);

/** Turns events into rows. Raise `version` whenever the table or a handler changes: the views are then built anew. */
export const ticketsProjection = defineProjection({
  name: 'tickets',
  version: 1,
  events: ticketEvents,
  tables: { tickets: keyedBy(ticketsTable, 'id') },
  on: {
    TicketOpened: ({ tickets }, { data: { ticketId, ...ticket }, position, recordedAt }) => {
      const rest = { status: 'OPEN', agent: null, resolution: null } as const;
      tickets.put({ id: ticketId, ...ticket, ...rest, openedAt: new Date(recordedAt), position });
    },
    TicketAssigned: ({ tickets }, { data: { ticketId, agent }, position }) => {
      tickets.patch({ id: ticketId }, { agent, position });
    },
    TicketClosed: ({ tickets }, { data: { ticketId, resolution }, position }) => {
      tickets.patch({ id: ticketId }, { status: 'CLOSED', resolution, position });
    },
  },
});
