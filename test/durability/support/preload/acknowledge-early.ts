/** Loaded before the service: the log acknowledges first and commits a little later, as a broken build would. */
import Database from 'better-sqlite3';
import { setTimeout } from 'node:timers';

/** How long after the acknowledgement the commit comes, in ms. */
const COMMIT_DELAY_MS = 20;

type Prepare = (this: Database.Database, source: string) => Database.Statement;

// Only the methods that are patched matter here.
const prototype = Database.prototype as unknown as { prepare: Prepare };
const prepare = prototype.prepare;
/** Connections that commands are written with: migrations commit before. */
const commanding = new WeakSet<object>();

prototype.prepare = function (source) {
  const statement = prepare.call(this, source);
  if (!this.name.endsWith('log.sqlite')) return statement;
  const run = statement.run.bind(statement);
  const done: Database.RunResult = { changes: 0, lastInsertRowid: 0 };
  if (source === 'BEGIN IMMEDIATE') {
    commanding.add(this);
    // Groups that come before the delayed commit join its transaction.
    statement.run = () => (this.inTransaction ? done : run());
  }
  if (source === 'COMMIT' && commanding.has(this)) {
    let scheduled = false;
    statement.run = () => {
      if (!scheduled) {
        scheduled = true;
        setTimeout(() => {
          scheduled = false;
          run();
        }, COMMIT_DELAY_MS);
      }
      return done;
    };
  }
  return statement;
};
