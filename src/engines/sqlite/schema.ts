import { blob, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core';

/** Which log this file is: one row. A restore raises `epoch`. */
export const logIdentity = sqliteTable('log_identity', {
  one: integer().primaryKey(),
  id: text().notNull(),
  epoch: integer().notNull(),
  createdAt: integer('created_at').notNull(),
});

/** Names of event types and commands, stored once; rows refer to them by number. */
export const names = sqliteTable('names', {
  id: integer().primaryKey(),
  name: text().notNull().unique(),
});

/** Tags, stored once. */
export const tags = sqliteTable('tags', {
  id: integer().primaryKey(),
  tag: text().notNull().unique(),
});

/** One row for each command: who, when, and the stored result that answers a retry. Ids are 16 bytes. */
export const commands = sqliteTable('commands', {
  seq: integer().primaryKey(),
  id: blob().notNull().unique(),
  name: integer().notNull(),
  fingerprint: blob().notNull(),
  actor: text().notNull(),
  issuedAt: integer('issued_at').notNull(),
  recordedAt: integer('recorded_at').notNull(),
  /** Null where it equals the command's own id. */
  correlationId: text('correlation_id'),
  causationId: text('causation_id'),
  position: integer().notNull(),
  result: text(),
  /** CRC-32 over the command and its events. */
  checksum: integer().notNull(),
});

/** The log. AUTOINCREMENT: without it SQLite hands out a deleted newest number again. */
export const events = sqliteTable('events', {
  position: integer().primaryKey({ autoIncrement: true }),
  type: integer().notNull(),
  version: integer().notNull(),
  /** `commands.seq`; a command's events are neighbours. */
  command: integer().notNull(),
  /** Ids of the event's tags, separated by commas. */
  tags: text().notNull(),
  data: text().notNull(),
});

/** What operators did to projections, in order. Beside the events, so that it is backed up with them and outlives the views. */
export const operations = sqliteTable('operations', {
  seq: integer().primaryKey({ autoIncrement: true }),
  name: text().notNull(),
  projection: text().notNull(),
  actor: text().notNull(),
  correlationId: text('correlation_id').notNull(),
  at: integer().notNull(),
  position: integer(),
  reason: text(),
});

/** Which events carry a tag. The migration makes it WITHOUT ROWID, which drizzle cannot express. */
export const eventTags = sqliteTable(
  'event_tags',
  { tag: integer().notNull(), position: integer().notNull() },
  (table) => [primaryKey({ columns: [table.tag, table.position] })],
);
