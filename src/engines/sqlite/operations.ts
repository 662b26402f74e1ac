import type Database from 'better-sqlite3';
import type { NewOperation, Operation, OperationPage } from '../../kernel/index.js';

/** The statements that write and read what operators did. */
export interface OperationRows {
  insert(operation: NewOperation): void;
  read(page: OperationPage): readonly Operation[];
}

/** Operations in the log's own file. */
export function createOperationRows(database: Database.Database): OperationRows {
  const insert = database.prepare<[NewOperation]>(
    `INSERT INTO operations (name, projection, actor, correlation_id, at, position, reason)
     VALUES (@name, @projection, @actor, @correlationId, @at, @position, @reason)`,
  );
  const select = (direction: 'ASC' | 'DESC') =>
    database.prepare<[object], Operation>(
      `SELECT seq, name, projection, actor, correlation_id AS correlationId, at, position, reason FROM operations
       WHERE seq > @after AND seq < @before AND (@projection IS NULL OR projection = @projection)
       ORDER BY seq ${direction} LIMIT @limit`,
    );
  const first = select('ASC');
  const last = select('DESC');
  return {
    insert: (operation) => {
      insert.run(operation);
    },
    read: ({ projection = null, after = 0, before = Number.MAX_SAFE_INTEGER, limit, backward = false }) => {
      const wanted = { projection, after, before, limit };
      return backward ? last.all(wanted).reverse() : first.all(wanted);
    },
  };
}
