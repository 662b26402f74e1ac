import { sql } from 'drizzle-orm';
import { bigint, check, pgSchema, primaryKey, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/** The log's tables have a schema of their own, so that they can stand in a database that has others. */
export const tidemark = pgSchema('tidemark');

const whole = (name?: string) =>
  name === undefined ? bigint({ mode: 'number' }) : bigint(name, { mode: 'number' });

/** Which log this is, and its last position: one row, which every append locks. */
export const logHead = tidemark.table(
  'log_head',
  {
    one: smallint().primaryKey(),
    logId: uuid('log_id').notNull(),
    epoch: whole().notNull(),
    position: whole().notNull(),
    createdAt: whole('created_at').notNull(),
  },
  ({ one }) => [check('log_head_one', sql`${one} = 1`)],
);

/** One row for each command: who, when, and the stored result that answers a retry, for ever. */
export const logCommands = tidemark.table('log_commands', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  actor: text().notNull(),
  issuedAt: whole('issued_at').notNull(),
  /** By the server's clock, so that it does not matter which node wrote it. */
  recordedAt: whole('recorded_at').notNull(),
  /** Null where it equals the command's own id. */
  correlationId: text('correlation_id'),
  causationId: text('causation_id'),
  /** 32 hex digits, which is what a uuid is. */
  fingerprint: uuid().notNull(),
  position: whole().notNull(),
  result: text(),
});

/** The log. Positions are given under the lock of the head, so they have no gap and nothing earlier can come later. */
export const logEvents = tidemark.table('log_events', {
  position: whole().primaryKey(),
  commandId: uuid('command_id').notNull(),
  type: text().notNull(),
  version: whole().notNull(),
  tags: text().array().notNull(),
  /** JSON as it was written: jsonb would change numbers and refuses some strings. */
  data: text().notNull(),
});

/** Which events carry a tag. */
export const logTags = tidemark.table(
  'log_tags',
  { tag: text().notNull(), position: whole().notNull() },
  ({ tag, position }) => [primaryKey({ columns: [tag, position] })],
);

/** What operators did to projections, in order, on all nodes. */
export const logOperations = tidemark.table('log_operations', {
  seq: whole().primaryKey(),
  name: text().notNull(),
  projection: text().notNull(),
  actor: text().notNull(),
  correlationId: text('correlation_id').notNull(),
  at: whole().notNull(),
  position: whole(),
  reason: text(),
});

/** Who may do a piece of work that must run once in a cluster, and until when by the server's clock. */
export const leases = tidemark.table('leases', {
  name: text().primaryKey(),
  owner: uuid().notNull(),
  /** Grows with each holder: what an earlier one does late is known by it. */
  token: whole().notNull(),
  expiresAt: timestamp('expires_at', { withTimezone: true }).notNull(),
});

/** The nodes that were heard of lately, by the server's clock. Not logged: nothing is lost with it that is not said again. */
export const nodes = tidemark.table('nodes', {
  id: uuid().primaryKey(),
  name: text().notNull(),
  url: text().notNull(),
  version: text().notNull(),
  startedAt: timestamp('started_at', { withTimezone: true }).notNull(),
  heardAt: timestamp('heard_at', { withTimezone: true }).notNull(),
  /** JSON: how it is doing. */
  report: text().notNull(),
});
