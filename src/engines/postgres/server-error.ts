/** The log in PostgreSQL cannot be used at the start; the message says why and what to do, without secrets. */
export class LogServerError extends Error {
  override readonly name = 'LogServerError';
}
