import type { ErrorCode } from '../protocol/errors.ts';

/** An error in a form that the panel can show: its text is found by its code. */
export interface DisplayError {
  /** `null` for an error that isn't a `PartylineError`. */
  readonly code: ErrorCode | null;
  readonly message: string;
}

/**
 * Recognizes a `PartylineError` by its shape. `instanceof` fails if the chat comes from another copy of
 * the package, and importing the class would bring zod into the page.
 */
export function toDisplayError(error: unknown): DisplayError {
  if (isCoded(error)) return { code: error.code, message: error.message };
  // The visitor sees a general text. Developers find the cause here.
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
