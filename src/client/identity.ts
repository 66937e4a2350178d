/** Whose conversation a page shows, as far as that is known. */
export interface Identity {
  readonly visitor: string | null;
  readonly wipes: number;
}

/** What was typed for one visitor is not sent for another, and what one has seen the other must not. */
export function isOfAnother(before: Identity | null, after: Identity | null): boolean {
  if (!before || !after) return false;
  // The same visitor too has left what was wiped.
  if (before.wipes < after.wipes) return true;
  return before.visitor !== null && before.visitor !== after.visitor;
}
