import { caughtUp } from '../caught-up.js';
import { newCommandId } from '../command-id.js';
import { ServiceError } from '../errors.js';
import type { Port } from '../port.js';
import { hasReached } from '../position.js';
import { asError } from '../retry.js';
import { createStore } from '../store.js';
import { isRecord } from '../told.js';
import type { Document, Position, Result } from '../types.js';
import { watch, type Watched } from './watched.js';

/** Why the business said no, as the payload's `userErrors` have it. */
export interface UserError {
  readonly code: string;
  readonly message: string;
  readonly field?: readonly string[] | null;
}

/** Where a command is: sending → accepted → visible, or refused, or failed. */
export type CommandState<Data> =
  | { readonly phase: 'idle' }
  | { readonly phase: 'sending'; readonly commandId: string }
  /** It is written. `late`: the views did not show it within the time allowed. */
  | (Done<Data> & { readonly phase: 'accepted'; readonly late: boolean })
  /** The views show it, too. */
  | (Done<Data> & { readonly phase: 'visible' })
  | (Done<Data> & { readonly phase: 'refused'; readonly userErrors: readonly UserError[] })
  /** Whether it was done is not known where no answer came; `again` sends it under the same id. */
  | { readonly phase: 'failed'; readonly commandId: string; readonly error: Error };

/** What an accepted or refused command came to. */
export interface Done<Data> {
  readonly commandId: string;
  readonly data: Data;
  readonly position: Position | undefined;
}

/** How a command is followed. */
export interface CommandOptions {
  /** The projection that has to show it; all of them when left out. */
  readonly projection?: string;
  /** How long to wait for the views, in ms. */
  readonly visibleMs?: number;
}

/** Sends a command and follows it. */
export interface CommandStore<Data, Variables> extends Watched<CommandState<Data>> {
  /** Resolves once it is accepted, refused or failed; `get` goes on to visible. Never rejects. */
  readonly send: (variables: Variables, commandId?: string) => Promise<CommandState<Data>>;
  /** Sends what failed again, under the id that it had. */
  readonly again: () => Promise<CommandState<Data>>;
  /** Goes back to idle; what was sent goes on without it. */
  readonly reset: () => void;
}

const IDLE: CommandState<never> = { phase: 'idle' };

/** A store for one button or form; when a second command is sent, the state follows that one. */
export function createCommandStore<Data, Variables>(
  port: Port,
  document: Document<Data, Variables>,
  options: CommandOptions = {},
): CommandStore<Data, Variables> {
  const state = createStore<CommandState<Data>>(IDLE);
  let following = new AbortController();
  let last: { readonly variables: Variables; readonly commandId: string } | undefined;
  const watched = watch(state, () => () => {
    following.abort();
  });

  /** Nobody asks any more for what was sent before. */
  function turn(): (next: CommandState<Data>) => CommandState<Data> {
    following.abort();
    const own = (following = new AbortController());
    return (next) => {
      if (own === following) state.set(next);
      return next;
    };
  }

  async function send(variables: Variables, commandId = newCommandId()): Promise<CommandState<Data>> {
    const become = turn();
    const { signal } = following;
    last = { variables, commandId };
    become({ phase: 'sending', commandId });
    try {
      const result = await port.execute('mutation', document, variables, { commandId });
      const next = become(stateAfter(result, commandId));
      if (next.phase === 'accepted') void follow(next, signal, become);
      return next;
    } catch (error) {
      return become({ phase: 'failed', commandId, error: asError(error) });
    }
  }

  async function follow(
    accepted: CommandState<Data> & { phase: 'accepted' },
    signal: AbortSignal,
    become: (next: CommandState<Data>) => void,
  ): Promise<void> {
    const { position, data, commandId } = accepted;
    if (position === undefined) return;
    try {
      const { projection, visibleMs: timeoutMs } = options;
      await caughtUp(port, position, { projection, timeoutMs, signal });
      become({ phase: 'visible', position, data, commandId });
    } catch {
      // Accepted it is in any case; whoever left does not ask.
      if (!signal.aborted) become({ ...accepted, late: true });
    }
  }

  return {
    ...watched,
    send,
    again: () => (last === undefined ? Promise.resolve(state.get()) : send(last.variables, last.commandId)),
    reset: () => {
      turn()(IDLE);
    },
  };
}

function stateAfter<Data>(result: Result<Data>, commandId: string): CommandState<Data> {
  const { data, errors, written, consistency } = result;
  if (errors.length > 0 || data === undefined)
    return { phase: 'failed', commandId, error: new ServiceError(errors, commandId) };
  const position = written ?? result.position;
  const done = { commandId, data, position };
  const userErrors = userErrorsIn(data);
  if (userErrors !== undefined) return { phase: 'refused', userErrors, ...done };
  // A payload that selects its view was answered from it.
  const seen = consistency !== undefined && !consistency.stale;
  const visible = position === undefined || (seen && hasReached(consistency.position, position));
  return visible ? { phase: 'visible', ...done } : { phase: 'accepted', late: false, ...done };
}

/** The refusals among the payloads; undefined where none was refused. */
function userErrorsIn(data: unknown): readonly UserError[] | undefined {
  const payloads = isRecord(data) ? Object.values(data).filter(isRecord) : [];
  const refused = payloads.filter(isRefused);
  // By the schema's contract every element is a UserError, as far as the document selects it.
  const list = refused.flatMap(({ userErrors }) => (userErrors ?? []) as UserError[]);
  return refused.length === 0 ? undefined : list;
}

function isRefused({ receipt, userErrors }: Readonly<Record<string, unknown>>): boolean {
  if (isRecord(receipt) && receipt['status'] === 'REFUSED') return true;
  return Array.isArray(userErrors) && userErrors.length > 0;
}
