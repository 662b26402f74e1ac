import { specifiedRules, type ValidationRule } from 'graphql';

/** The most tokens of a document. */
export const TOKENS_MAX = 1_000;
/** The most errors that validation looks for. */
export const VALIDATION_ERRORS_MAX = 5;

/** The rules that documents are validated by, on HTTP and WebSocket alike. */
export const validationRules: readonly ValidationRule[] = specifiedRules;
