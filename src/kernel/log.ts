/** `entity:id`, for example `order:0197…`. An event has one or more; they take the place of streams. */
export type Tag = string;

/** Events that carry all of `tags` and, where `types` is given, have one of these types. */
export interface Criterion {
  readonly tags: readonly Tag[];
  readonly types?: readonly string[];
}

/** The events that a decision depends on: those that match any of the criteria. */
export type Boundary = readonly Criterion[];

/** A fact about to be written. `schemaVersion` is the version of its type's data, from 1. */
export interface NewEvent {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: object;
  readonly tags: readonly Tag[];
}

/** Who asked for what, when (`issuedAt`, ms since 1970), and what it belongs to. */
export interface CommandRecord {
  readonly id: string;
  readonly name: string;
  readonly actor: string;
  readonly issuedAt: number;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** 32 hex digits that stand for name, actor and input: the same id with another fingerprint is another command. */
  readonly fingerprint: string;
  /** What a retry is answered with, as JSON; null where acceptance says it all. */
  readonly result: string | null;
}

/** An event as the log holds it. `position` is its place in the one total order, `recordedAt` ms since 1970. */
export interface RecordedEvent extends NewEvent {
  readonly position: number;
  readonly recordedAt: number;
  readonly commandId: string;
  readonly actor: string;
  readonly issuedAt: number;
  readonly correlationId: string;
  readonly causationId: string | null;
}

/** One command's writes: all of it commits or none. Without events only the command's result is stored. */
export interface Append {
  readonly events: readonly NewEvent[];
  /** The append fails if an event that matches `boundary` lies after the position `after`. */
  readonly condition?: { readonly boundary: Boundary; readonly after: number };
  readonly command: CommandRecord;
}

/** What became of an append. A duplicate is found before a conflict. */
export type AppendOutcome =
  /** Durable. `position` is the last event's, or the head where there were no events. */
  | { readonly kind: 'appended'; readonly position: number }
  /** Nothing was written; `position` is the newest event that matches the boundary. */
  | { readonly kind: 'conflict'; readonly position: number }
  /** The command was here before; nothing was written. What was stored for it then. */
  | {
      readonly kind: 'duplicate';
      readonly position: number;
      readonly fingerprint: string;
      readonly result: string | null;
    };

/** What the log keeps of a command: its events carry the rest. */
export interface StoredCommand extends Pick<CommandRecord, 'name' | 'result'> {
  /** Of its last event, or the head where there were no events. */
  readonly position: number;
}

/** Which log this is. A restore, or a failover that may have lost a tail, raises the epoch. */
export interface LogIdentity {
  readonly id: string;
  readonly epoch: number;
}

/** Where to start (exclusive) and how many events at most. */
export interface ReadOptions {
  /** Exclusive; 0 for the beginning. */
  readonly after: number;
  /** How many events at most. */
  readonly limit: number;
}

/** Whether a log can be written, and if not, why: a sentence for operators without internals. */
export type LogHealth = { readonly writable: true } | { readonly writable: false; readonly reason: string };

/**
 * The append-only log: one total order of positions, gap-free from 1.
 * Rejections are TidemarkErrors: OVERLOADED and UNAVAILABLE (nothing written), OUTCOME_UNKNOWN (ask again with the
 * same command id), BAD_USER_INPUT (what cannot be stored exactly, or is over a limit).
 */
export interface EventLog {
  readonly identity: LogIdentity;
  /** Resolves when the outcome is durable. */
  append(append: Append): Promise<AppendOutcome>;
  /**
   * Matching events in position order, with `position > after`, at most `limit`. A batch of `'all'` never splits a
   * command: it ends on a command's last event, and is longer than `limit` where one command alone is.
   */
  read(scope: Boundary | 'all', options: ReadOptions): Promise<readonly RecordedEvent[]>;
  /** What was stored of a command; undefined for an id that is not there. */
  command(id: string): Promise<StoredCommand | undefined>;
  /** The last position; 0 in an empty log. */
  head(): Promise<number>;
  /** A position that the log has reached for certain, without asking it: left out where asking costs nothing. */
  knownHead?(): number;
  /** Calls `listener` with the new head after each commit: a wake-up, never the data. Returns how to stop it. */
  onAppend(listener: (head: number) => void): () => void;
  /** Whether it can be written now. */
  health(): Promise<LogHealth>;
  /**
   * Since when a log elsewhere has not answered, in ms since 1970, so that nobody here knows what it has by now;
   * undefined while it does. Left out by logs that are never elsewhere.
   */
  silentSince?(): number | undefined;
  /**
   * How far the clock that `recordedAt` is by is ahead of this process's, in ms, as far as that is known. Left out by logs
   * that have the same clock.
   */
  aheadMs?(): number;
}

/** One commit of several commands, and the time that its writes and then its becoming durable took, in ms. */
export interface CommitMeasure {
  readonly commands: number;
  readonly writeMs: number;
  readonly syncMs: number;
}

/** The most events one command may write. */
export const EVENTS_PER_COMMAND_MAX = 1_000;
/** The most tags one event may carry. */
export const TAGS_PER_EVENT_MAX = 16;
/** The longest tag, in UTF-16 units. */
export const TAG_LENGTH_MAX = 200;
/** The most criteria in a boundary, and the most tags or types in a criterion. */
export const BOUNDARY_TERMS_MAX = 32;
/** The most bytes of one event's data as JSON. */
export const EVENT_BYTES_MAX = 1_048_576;
