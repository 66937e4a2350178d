/**
 * An epoch is `<boot>.<visitor>`: minted at each boot of a hub, and counted up when the visitor
 * changes.
 */
export function makeEpoch(boot: string, visitor: number): string {
  return `${boot}.${visitor}`;
}

export function bootOf(epoch: string): string {
  return epoch.split('.')[0] ?? epoch;
}

/** The same hub, and somebody else's conversation: nothing of the former one may be kept. */
export function isAnotherVisitor(before: string, after: string): boolean {
  return bootOf(before) === bootOf(after) && before !== after;
}
