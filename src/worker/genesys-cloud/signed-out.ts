import { PartylineError } from '../../protocol/errors.ts';

/** The error for a call of a visitor who has gone. */
export function signedOut(): PartylineError {
  return new PartylineError('signed-out', 'The session has ended. Sign in again.');
}
