import type Database from 'better-sqlite3';
import type { NewOperation, Operation } from '../../kernel/index.js';

/** The statements that write and read what operators did. */
export interface OperationRows {
  insert(operation: NewOperation): void;
  read(after: number, limit: number): readonly Operation[];
}

/** Operations in the log's own file. */
export function createOperationRows(database: Database.Database): OperationRows {
  const insert = database.prepare<[NewOperation]>(
    `INSERT INTO operations (name, projection, actor, correlation_id, at, position, reason)
     VALUES (@name, @projection, @actor, @correlationId, @at, @position, @reason)`,
  );
  const select = database.prepare<[number, number], Operation>(
    `SELECT seq, name, projection, actor, correlation_id AS correlationId, at, position, reason
     FROM operations WHERE seq > ? ORDER BY seq LIMIT ?`,
  );
  return {
    insert: (operation) => {
      insert.run(operation);
    },
    read: (after, limit) => select.all(after, limit),
  };
}
