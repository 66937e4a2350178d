/** Whose conversation a page shows, as far as that is known. */
export interface Identity {
  readonly visitor: string | null;
  readonly resetCount: number;
}

/**
 * What was typed for one visitor is not sent for another, and what one has seen the other must not. A hub
 * that does not know yet who is there has neither.
 */
export function isOfAnother(before: Identity | null, after: Identity | null): boolean {
  if (!before || !after) return false;
  // The same visitor too has left what was wiped.
  if (before.resetCount < after.resetCount) return true;
  return after.visitor !== null && before.visitor !== null && before.visitor !== after.visitor;
}

/** The hub does not know yet whether the same visitor is there, as a new one may not at first. */
export function isUncertain(before: Identity | null, after: Identity | null): boolean {
  if (!before || !after || before.resetCount < after.resetCount) return false;
  return before.visitor !== null && after.visitor === null;
}
