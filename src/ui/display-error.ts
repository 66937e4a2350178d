import type { ErrorCode } from '../protocol/errors.ts';

/** Why a call failed, ready to be shown. */
export interface DisplayError {
  /** `null` when it was no error of ours. */
  readonly code: ErrorCode | null;
  readonly message: string;
}

/**
 * Reads the error by its shape: the chat may come from another copy of the package, where
 * `instanceof PartylineError` fails, and the class would bring zod into the page.
 */
export function toDisplayError(error: unknown): DisplayError {
  if (isCoded(error)) return { code: error.code, message: error.message };
  // The visitor is told in general, so this is where a developer finds the cause.
  console.warn('[partyline] unexpected error:', error);
  return { code: null, message: error instanceof Error ? error.message : String(error) };
}

function isCoded(error: unknown): error is Error & { readonly code: ErrorCode } {
  return (
    error instanceof Error &&
    error.name === 'PartylineError' &&
    'code' in error &&
    typeof error.code === 'string'
  );
}
