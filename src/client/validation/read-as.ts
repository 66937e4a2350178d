import type { Conversation } from '../../protocol/conversation.ts';
import { PartylineError } from '../../protocol/errors.ts';
import { isConversation } from './port-validators.ts';
import type { Validator } from './validator.ts';

/** Checks the result of a call. @throws {PartylineError} `unknown-outcome` */
export function readAs<T>(isValid: Validator<T>, value: unknown): T {
  if (isValid(value)) return value;
  throw new PartylineError('unknown-outcome', 'Invalid response from the hub; outcome unknown.');
}

/** The result of `start`. @throws {PartylineError} `unknown-outcome` */
export function readConversation(value: unknown): Conversation {
  return readAs(isConversation, value);
}
