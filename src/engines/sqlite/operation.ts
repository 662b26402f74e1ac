/** An operation on a log cannot be done. The message is for the operator: what is wrong, and what to do. */
export class OperationError extends Error {
  override readonly name = 'OperationError';
}
