import { ServiceError } from './errors.js';
import { failuresOf } from './resume.js';
import { frameOf, toldBy } from './told.js';
import type { Frame, Result, WireAnswer } from './types.js';

/** An answer as clients give it. */
export function resultOf<Data>(answer: WireAnswer, commandId?: string): Result<Data> {
  const { consistency, written, position } = toldBy(answer.extensions);
  return {
    // The document says what its data is.
    data: (answer.data ?? undefined) as Data | undefined,
    errors: answer.errors ?? [],
    consistency,
    written,
    position,
    commandId,
  };
}

/** A frame as clients give it. */
export function frameResultOf<Data>(answer: WireAnswer): Frame<Data> {
  const { position, discontinuity } = frameOf(answer);
  const result = resultOf<Data>(answer);
  return { ...result, position: position ?? result.position, discontinuity };
}

/** What ended a subscription, as an error: a list is what the service said, an event is about the socket. */
export function subscriptionError(error: unknown): Error {
  const failures = failuresOf(error);
  if (failures !== undefined) return new ServiceError(failures);
  if (error instanceof Error) return error;
  // A CloseEvent, whose type not every program has.
  const { code, reason } = (error ?? {}) as { readonly code?: number; readonly reason?: string };
  return new Error(`The socket was closed with ${code ?? 'no code'}: ${reason ?? ''}`, { cause: error });
}
