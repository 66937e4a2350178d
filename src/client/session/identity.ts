/** The visitor whose conversation a page shows, as far as the page knows. */
export interface Identity {
  /** Opaque id; `null` while the hub knows nobody. */
  readonly visitor: string | null;
  /** How often the hub has deleted everything. */
  readonly resetCount: number;
}

/** Whether calls and messages of `before` must be kept from `after`. */
export function isOtherIdentity(before: Identity | null, after: Identity | null): boolean {
  if (!before || !after) return false;
  // After a reset, even the same visitor starts anew.
  if (before.resetCount < after.resetCount) return true;
  return after.visitor !== null && before.visitor !== null && before.visitor !== after.visitor;
}

/** Whether the hub does not know yet if the same visitor is present, as a new hub may not at first. */
export function isVisitorUncertain(before: Identity | null, after: Identity | null): boolean {
  if (!before || !after || before.resetCount < after.resetCount) return false;
  return before.visitor !== null && after.visitor === null;
}
