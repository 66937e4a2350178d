/** Returns the known name closest to `name`; `null` when none is close. */
export function closestName(name: string, known: readonly string[]): string | null {
  const bare = bareOf(name);
  const same = known.find((candidate) => bareOf(candidate) === bare);
  if (same !== undefined) return same;
  // One letter in three may differ, at most two: a wrong suggestion is worse than none.
  const allowed = Math.min(2, Math.floor(bare.length / 3));
  let best: { readonly name: string; readonly distance: number } | null = null;
  for (const candidate of known) {
    const distance = distanceOf(bare, bareOf(candidate), allowed);
    if (distance <= allowed && (!best || distance < best.distance))
      best = { name: candidate, distance };
  }
  return best?.name ?? null;
}

/** Removes what people get wrong: case, spaces, underscores, hyphens. */
function bareOf(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]+/g, '');
}

/** Levenshtein distance; some number above `limit` as soon as it exceeds that. */
function distanceOf(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    if (Math.min(...next) > limit) return limit + 1;
    row = next;
  }
  return row[b.length] ?? limit + 1;
}
