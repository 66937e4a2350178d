/**
 * An epoch is `<bootId>.<generation>`: a random id of the hub's boot, and a counter that increases when
 * the visitor changes.
 */
export function makeEpoch(bootId: string, generation: number): string {
  return `${bootId}.${generation}`;
}

export function bootOf(epoch: string): string {
  return epoch.split('.')[0] ?? epoch;
}

/** Whether the visitor changed within one hub, so that all data of the previous visitor must go. */
export function isOtherGeneration(before: string, after: string): boolean {
  return bootOf(before) === bootOf(after) && before !== after;
}

/**
 * Whether the visitor changed between two epochs that a page has seen. In a new hub, any change came after
 * the previous hub's end.
 *
 * @param before empty: the page had not met a hub
 */
export function hasVisitorChanged(before: string, after: string): boolean {
  if (before === '') return false;
  return (
    isOtherGeneration(before, after) || (bootOf(before) !== bootOf(after) && !/\.0$/.test(after))
  );
}
