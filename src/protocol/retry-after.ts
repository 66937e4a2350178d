/**
 * `Retry-After` in seconds, as ms. Its date form would need the server's clock; it counts as absent, as
 * a time without end does.
 */
export function parseRetryAfter(value: string | null): number | null {
  if (value === null || !/^\d{1,9}(\.\d+)?$/.test(value.trim())) return null;
  return Number(value) * 1000;
}
