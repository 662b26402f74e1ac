/** Loaded before the service: the rows and the checkpoint of a view commit one by one, as a broken build would. */
import Database from 'better-sqlite3';

/** How long a view has its rows before its checkpoint, in ms: long enough for a kill to fall into. */
const BETWEEN_MS = 5;

type Prepare = (this: Database.Database, source: string) => Database.Statement;

// Only the method that is patched matters here.
const prototype = Database.prototype as unknown as { prepare: Prepare };
const prepare = prototype.prepare;

prototype.prepare = function (source) {
  const statement = prepare.call(this, source);
  const ofView = /[/\\]views[/\\]/.test(this.name);
  const run = statement.run.bind(statement);
  const done: Database.RunResult = { changes: 0, lastInsertRowid: 0 };
  if (ofView && source === 'BEGIN IMMEDIATE') statement.run = () => done;
  // The transaction that creates the tables begins otherwise, and must end.
  if (ofView && source === 'COMMIT') statement.run = () => (this.inTransaction ? run() : done);
  if (ofView && source.startsWith('UPDATE tidemark_view')) {
    statement.run = (...parameters: unknown[]) => {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BETWEEN_MS);
      return run(...parameters);
    };
  }
  return statement;
};
