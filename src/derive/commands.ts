import { Arg, Ctx, Field, ID, Mutation, Resolver, type ClassType } from 'type-graphql';
import {
  ANYONE,
  Access,
  CommandOptions,
  Receipt,
  UserError,
  coded,
  declareNeeds,
  receiptOf,
  type RequestContext,
  type ResolverClass,
} from '../graphql/index.js';
import { CompositionError, type CommandType } from '../kernel/index.js';
import { inputShape, type ObjectShape } from './input-shape.js';
import { inputFields, toInput } from './input-type.js';
import { capitalised, nameOf, uncapitalised } from './names.js';
import { accessOf, inputType, method, objectType, type Roles } from './types.js';
import type { DerivedView } from './view.js';

/** Who may send each command: every one is named, or `'*'` stands for those that are not. There is no default. */
export type CommandAccess<Name extends string> =
  { readonly [N in Name]: Roles } | ({ readonly '*': Roles } & { readonly [N in Name]?: Roles });

/** How a decider's commands are offered. */
export interface CommandsOptions<Name extends string> {
  /** Who may send each command. */
  readonly access: CommandAccess<Name>;
  /** The view whose row of the command's subject payloads can show, as it is after the command. None when left out. */
  readonly returns?: DerivedView;
}

/** A decider's commands as a part of the API. */
export interface DerivedCommands {
  /** For the service: a mutation for each command. */
  readonly resolver: ResolverClass;
}

/** What of a decider is offered. */
export interface CommandSource<Name extends string> {
  /** The decider's name. */
  readonly name: string;
  /** Its commands, each of which becomes a mutation. */
  readonly commands: { readonly [N in Name]: CommandType };
  /** Where it has one, payloads have the id of what the command was about. */
  readonly subject?: unknown;
}

/** What a payload is made of, as `LendBookPayload` resolves it. */
interface Payload {
  readonly receipt: Receipt;
  readonly userErrors: readonly UserError[];
  readonly id: string | null;
}

/**
 * A mutation `lendBook(input: LendBookInput!): LendBookPayload!` for each command of a decider, its input from the command's
 * schema. Throws a CompositionError for what GraphQL has no input type for: such a mutation is written by hand. Whoever may
 * send a command may send it about everything.
 */
export function deriveCommands<Name extends string>(
  { name: decider, commands, subject }: CommandSource<Name>,
  { access, returns }: CommandsOptions<NoInfer<Name>>,
): DerivedCommands {
  if (returns !== undefined && subject === undefined)
    throw new CompositionError(
      `The decider ${decider} names no subject, so its commands cannot return a ${returns.typeName}: add subject.`,
    );
  const rules: Readonly<Record<string, Roles | undefined>> = access;
  const types: Readonly<Record<string, CommandType>> = commands;
  const unknown = Object.keys(rules).filter((name) => name !== '*' && types[name] === undefined);
  if (unknown.length > 0)
    throw new CompositionError(
      `The decider ${decider} has no command ${unknown.join(', ')}, as access says.`,
    );
  const resolver = class {};
  Resolver()(resolver);
  for (const [name, type] of Object.entries(types))
    addMutation(resolver, type, rules[name] ?? rules['*'], subject === undefined ? undefined : returns);
  declareNeeds(resolver, {
    commands: Object.keys(types),
    ...(returns !== undefined && { queries: [returns.byId] }),
  });
  return { resolver };
}

function addMutation(
  resolver: ClassType,
  command: CommandType,
  roles: Roles | undefined,
  returns: DerivedView | undefined,
): void {
  const name = nameOf(command.name, 'A command');
  const shape = inputShape(command);
  const input = inputOf(command.name, shape, returns);
  const payload = payloadOf(command.name, returns);
  const prototype = resolver.prototype;
  const send = async (
    context: RequestContext,
    { options, ...sent }: { readonly options?: CommandOptions | null },
  ): Promise<Payload> => {
    const result = await context.send(command, toInput(shape, sent), options);
    return { receipt: receiptOf(result), userErrors: result.refusals, id: result.subject };
  };
  Object.defineProperty(prototype, name, { value: send, configurable: true, writable: true });
  method(resolver, name, [accessOf(roles, name), Mutation(() => payload, { name })]);
  Ctx()(prototype, name, 0);
  Arg('input', () => input)(prototype, name, 1);
}

function inputOf(command: string, shape: ObjectShape, returns: DerivedView | undefined): ClassType {
  if (shape.fields.some(({ name }) => name === 'options'))
    throw new CompositionError(
      `${command}.options is what mutations call the command id and its like: give that field of the input another name.`,
    );
  const name = capitalised(command);
  return inputType(`${name}Input`, shape.description, {
    options: { type: () => CommandOptions, nullable: true },
    ...inputFields(name, shape, returns?.enums ?? []),
  });
}

/** The payload; the row in it is read only when it is selected, after the command's position. */
function payloadOf(command: string, returns: DerivedView | undefined): ClassType {
  const payload = objectType(`${capitalised(command)}Payload`, undefined, Access(ANYONE), {
    receipt: { type: () => Receipt },
    userErrors: { type: () => [UserError] },
    id: { type: () => ID, nullable: true, description: 'Of what the command is about.' },
  });
  if (returns === undefined) return payload;
  const { byId, typeName, access, type } = returns;
  const name = uncapitalised(typeName);
  const prototype = payload.prototype;
  const read = async function (this: Payload, context: RequestContext): Promise<object | null> {
    const { id, receipt } = this;
    return id === null ? null : coded(async () => (await context.ask(byId, id, receipt.position)) ?? null);
  };
  Object.defineProperty(prototype, name, { value: read, configurable: true, writable: true });
  const description = 'As it is after this command. Selecting it waits for the view.';
  method(payload, name, [accessOf(access, name), Field(() => type, { nullable: true, description })]);
  Ctx()(prototype, name, 0);
  return payload;
}
