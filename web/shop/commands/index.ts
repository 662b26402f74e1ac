export type { FieldErrors } from './field-errors.js';
export type { CommandDocument, Outcome, Send } from './use-send.js';
export { NO_ERRORS, fieldErrorsOf } from './field-errors.js';
export { OutcomeAlert } from './outcome-alert.js';
export { useSend } from './use-send.js';
