import {
  createCommand,
  type Command,
  type CommandEnvelope,
  type CommandResult,
  type CommandType,
} from './commands.js';
import { CompositionError, TidemarkError } from './errors.js';
import { isUuid } from './ids.js';

/** The most commands that are on their way at a time where nobody says; one more is refused as OVERLOADED. */
export const COMMANDS_IN_FLIGHT_MAX = 5_000;

/** Serves the commands of one name. */
export interface CommandHandler {
  /** The name of the command that it serves. */
  readonly command: string;
  /** Does it. Rejects with a TidemarkError for what the sender may know; anything else is INTERNAL to clients. */
  readonly handle: (command: Command) => Promise<CommandResult>;
}

/** Sees every command on its way: may change it, stop it by throwing or answering, and time what follows. */
export type CommandMiddleware = (
  command: Command,
  next: (command: Command) => Promise<CommandResult>,
) => Promise<CommandResult>;

/** Takes commands to their handlers. */
export interface CommandBus {
  /** Validates, dispatches and answers. Rejects with a TidemarkError; a business "no" is a result, not an error. */
  send<Input>(type: CommandType<Input>, input: unknown, envelope?: CommandEnvelope): Promise<CommandResult>;
}

/** What a bus is made of. Middleware runs in the order given, the first one outermost. */
export interface CommandBusOptions {
  readonly commands: readonly CommandType[];
  readonly handlers: readonly CommandHandler[];
  readonly middleware?: readonly CommandMiddleware[];
  /** COMMANDS_IN_FLIGHT_MAX when left out. */
  readonly inFlightMax?: number | undefined;
}

/** A bus with exactly one handler for each command; anything else is a CompositionError here and now. */
export function createCommandBus(options: CommandBusOptions): CommandBus {
  const { commands, handlers, middleware = [], inFlightMax = COMMANDS_IN_FLIGHT_MAX } = options;
  const routes = route(commands, handlers);
  const dispatch = bounded(inFlightMax, (command) => {
    const handler = routes.get(command.name);
    if (handler === undefined) throw new CompositionError(`The command ${command.name} is not on this bus.`);
    return handler.handle(command);
  });
  const run = middleware.reduceRight<(command: Command) => Promise<CommandResult>>(
    (next, layer) => (command) => layer(command, next),
    dispatch,
  );
  return {
    send: (type, input, envelope) =>
      promised(() => {
        checkEnvelope(envelope);
        return run(createCommand(type, input, envelope));
      }),
  };
}

/** What `work` returns, with what it throws as a rejection: as an async function, but for one promise less on the way. */
function promised<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return work();
  } catch (error) {
    return rejected(error);
  }
}

async function rejected(error: unknown): Promise<never> {
  throw error;
}

/** Within the middleware, so that what is refused is counted and logged like everything else. */
function bounded(max: number, handle: CommandHandler['handle']): CommandHandler['handle'] {
  let inFlight = 0;
  const leave = (): void => {
    inFlight -= 1;
  };
  return (command) => {
    if (inFlight >= max)
      return rejected(
        new TidemarkError('OVERLOADED', 'Too many commands are on their way. Try again later.'),
      );
    inFlight += 1;
    const handled = promised(() => handle(command));
    void handled.then(leave, leave);
    return handled;
  };
}

function checkEnvelope(envelope: CommandEnvelope | undefined): void {
  const { commandId } = envelope ?? {};
  if (commandId === undefined || isUuid(commandId)) return;
  throw new TidemarkError(
    'BAD_USER_INPUT',
    'A commandId must be a UUID, such as 01890a5d-ac96-774b-bcce-b302099a8057; version 7 is best.',
    { details: { problems: [{ field: ['options', 'commandId'], message: 'must be a UUID' }] } },
  );
}

function route(
  commands: readonly CommandType[],
  handlers: readonly CommandHandler[],
): ReadonlyMap<string, CommandHandler> {
  const declared = new Set<string>();
  for (const { name } of commands) {
    if (declared.has(name)) throw new CompositionError(`The command ${name} is declared twice.`);
    declared.add(name);
  }
  const routes = new Map<string, CommandHandler>();
  for (const handler of handlers) {
    const { command } = handler;
    if (!declared.has(command))
      throw new CompositionError(`A handler serves ${command}, which no module declares.`);
    if (routes.has(command))
      throw new CompositionError(`The command ${command} has a second handler; one is allowed.`);
    routes.set(command, handler);
  }
  const orphan = [...declared].find((name) => !routes.has(name));
  if (orphan !== undefined) throw new CompositionError(`The command ${orphan} has no handler.`);
  return routes;
}
