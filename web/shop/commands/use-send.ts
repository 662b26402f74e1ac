import type { Client, OperationContext, TypedDocumentNode } from '@urql/core';
import { useCallback, useRef } from 'react';
import type { ToldFragment } from '../generated/graphql.js';
import { failureOf, useService, type Failure } from '../service/index.js';

/** What became of a command. */
export type Outcome =
  | { readonly status: 'accepted'; readonly position: string; readonly orderId: string | null }
  | { readonly status: 'refused'; readonly userErrors: ToldFragment['userErrors'] }
  | { readonly status: 'failed'; readonly failure: Failure };

/** A document that sends one command. */
export type CommandDocument<Input> = TypedDocumentNode<{ told: ToldFragment }, { input: Input }>;

/** Sends a command; `commandId` names it where the caller has named it. Never rejects. */
export type Send = <Input extends object>(
  document: CommandDocument<Input>,
  input: Input,
  commandId?: string,
) => Promise<Outcome>;

/** After these, the command may have been done: sent again under the same id it is done once. */
const UNSURE: readonly string[] = ['NETWORK', 'OUTCOME_UNKNOWN', 'TIMEOUT'];
/** How long the same again means the same command, in ms; later it is another one that the visitor wants. */
const UNSURE_MS = 60_000;

/** A way to send commands. One that got no answer keeps its id when the visitor soon sends the same again. */
export function useSend(): Send {
  const { client } = useService();
  const unsure = useRef(new Map<string, { readonly id: string; readonly until: number }>());
  return useCallback(
    async (document, input, named) => {
      const key = JSON.stringify([nameOf(document), input]);
      const kept = unsure.current.get(key);
      const commandId = named ?? (kept !== undefined && Date.now() < kept.until ? kept.id : undefined);
      const { outcome, sentAs } = await sendOnce(client, document, input, commandId);
      if (outcome.status === 'failed' && UNSURE.includes(outcome.failure.code) && sentAs !== undefined)
        unsure.current.set(key, { id: sentAs, until: Date.now() + UNSURE_MS });
      else unsure.current.delete(key);
      return outcome;
    },
    [client],
  );
}

async function sendOnce<Input>(
  client: Client,
  document: CommandDocument<Input>,
  input: Input,
  commandId: string | undefined,
): Promise<{ outcome: Outcome; sentAs: string | undefined }> {
  const context: Partial<OperationContext> = commandId === undefined ? {} : { commandId };
  const { data, error, operation } = await client.mutation(document, { input }, context).toPromise();
  // The exchange puts the id there.
  const sentAs = operation.context['commandId'] as string | undefined;
  if (data?.told === undefined || error !== undefined)
    return { outcome: { status: 'failed', failure: failed(error, operation.context) }, sentAs };
  const { receipt, userErrors, orderId } = data.told;
  const outcome: Outcome =
    receipt.status === 'REFUSED'
      ? { status: 'refused', userErrors }
      : { status: 'accepted', position: receipt.position, orderId: orderId ?? null };
  return { outcome, sentAs };
}

function failed(error: Parameters<typeof failureOf>[0] | undefined, context: OperationContext): Failure {
  if (error !== undefined) return failureOf(error, context);
  return { code: 'INTERNAL', message: 'The answer had no data.', problems: [], correlationId: null };
}

function nameOf({ definitions }: { readonly definitions: CommandDocument<object>['definitions'] }): string {
  return definitions.flatMap((one) => ('operation' in one ? (one.name?.value ?? '') : [])).join();
}
