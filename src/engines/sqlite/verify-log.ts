import type Database from 'better-sqlite3';
import { messageOf, isUuid, type LogIdentity, type OnProgress } from '../../kernel/index.js';
import { createFindings, type Finding, type Findings } from './findings.js';
import { OperationError } from './operation.js';
import { identityIn, openLogFile, type LogFile } from './read-only-log.js';
import { scanCommands } from './stored-commands.js';
import { createCommandChecks, describeTag } from './verify-command.js';

const PROGRESS_COMMANDS = 2_000;
const INTEGRITY_MAX = 50;

/** What a verification of a log found; `findings` holds the first of them, `total` counts all. */
export interface LogReport {
  readonly file: string;
  /** Undefined where the log cannot say which one it is. */
  readonly identity: LogIdentity | undefined;
  readonly head: number;
  readonly commands: number;
  readonly events: number;
  readonly findings: readonly Finding[];
  readonly total: number;
}

/**
 * Checks everything that a log's file promises, on one snapshot of it, also while a service writes to it. Finds what
 * changed after it was written; not what was changed together with its checksums. Throws only where there is no log.
 */
export function verifyLog(file: string, onProgress?: OnProgress): LogReport {
  const findings = createFindings();
  let log: LogFile;
  try {
    log = openLogFile(file);
  } catch (error) {
    // Nothing more can be said of a file that is there and cannot be read.
    if (!(error instanceof OperationError) || error.cause === undefined) throw error;
    findings.add('file', file, error.message);
    const nothing = { identity: undefined, head: 0, commands: 0, events: 0 };
    return { file, ...nothing, findings: findings.list(), total: findings.total() };
  }
  try {
    log.database.exec('BEGIN');
    const report = verify(log, findings, onProgress);
    return { file, ...report, findings: findings.list(), total: findings.total() };
  } finally {
    log.database.close();
  }
}

function verify(log: LogFile, findings: Findings, onProgress: OnProgress | undefined) {
  const { database } = log;
  const attempt = (what: string, check: () => void): void => {
    try {
      check();
    } catch (error) {
      findings.add('file', what, `cannot be read: ${messageOf(error)}`);
    }
  };
  let identity: LogIdentity | undefined;
  const checks = createCommandChecks(log, findings);
  attempt('the file', () => {
    checkIntegrity(database, findings);
  });
  attempt('log_identity', () => {
    identity = checkIdentity(database, findings);
  });
  attempt('commands and events', () => {
    const total = database.prepare<[], number>('SELECT count(*) FROM commands').pluck().get() ?? 0;
    let done = 0;
    for (const scanned of scanCommands(database)) {
      checks.check(scanned);
      done += 1;
      if (done % PROGRESS_COMMANDS === 0) onProgress?.(Math.min(done, total), total);
    }
    checkSequence(database, checks.counts().head, findings);
    onProgress?.(total, total);
  });
  attempt('commands', () => {
    checkIds(database, findings);
  });
  attempt('event_tags', () => {
    checkTagRows(log, findings);
  });
  return { identity, ...checks.counts() };
}

function checkIntegrity(database: Database.Database, findings: Findings): void {
  const lines = database.prepare<[], string>(`PRAGMA integrity_check(${INTEGRITY_MAX})`).pluck().all();
  for (const line of lines) if (line !== 'ok') findings.add('file', 'SQLite', line);
}

function checkIdentity(database: Database.Database, findings: Findings): LogIdentity {
  const rows = database.prepare<[], number>('SELECT count(*) FROM log_identity').pluck().get();
  if (rows !== 1) findings.add('identity', 'log_identity', `has ${rows} rows, expected one`);
  const { id, epoch } = identityIn(database);
  if (!isUuid(id)) findings.add('identity', 'log_identity', `the id ${JSON.stringify(id)} is not a UUID`);
  if (!Number.isSafeInteger(epoch) || epoch < 1)
    findings.add('identity', 'log_identity', `the epoch is ${epoch}, expected a whole number from 1`);
  return { id, epoch };
}

/** What SQLite will count on from: anything but the head leaves a gap, or shows that the newest events are gone. */
function checkSequence(database: Database.Database, head: number, findings: Findings): void {
  const stored =
    database.prepare<[], number>(`SELECT seq FROM sqlite_sequence WHERE name = 'events'`).pluck().get() ?? 0;
  if (stored === head) return;
  const message =
    stored > head
      ? `the log counted up to ${stored}, but its last event is ${head}: the newest events are missing`
      : `the log counted up to ${stored} only, but its last event is ${head}`;
  findings.add('positions', 'sqlite_sequence', message);
}

function checkIds(database: Database.Database, findings: Findings): void {
  const twice = database.prepare<[], { id: string; times: number }>(
    'SELECT lower(hex(id)) AS id, count(*) AS times FROM commands GROUP BY commands.id HAVING count(*) > 1',
  );
  for (const { id, times } of twice.iterate())
    findings.add('commands', `command id ${id}`, `is stored ${times} times`);
}

/** Rows of event_tags that no event asks for; the other way round is checked with each event. */
function checkTagRows(log: LogFile, findings: Findings): void {
  const strays = log.database.prepare<[], { tag: number; position: number; known: 0 | 1 }>(
    `SELECT t.tag, t.position, e.position IS NOT NULL AS known
     FROM event_tags AS t LEFT JOIN events AS e ON e.position = t.position
     WHERE e.position IS NULL OR instr(',' || e.tags || ',', ',' || t.tag || ',') = 0`,
  );
  for (const { tag, position, known } of strays.iterate()) {
    const why = known === 1 ? 'the event does not carry it' : 'there is no such event';
    findings.add(
      'tags',
      `position ${position}`,
      `event_tags has a row for ${describeTag(log, tag)}, but ${why}`,
    );
  }
}
