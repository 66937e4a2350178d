/**
 * `Retry-After` in ms, from its form in seconds. `null` for a date, which would need the server's clock,
 * and for values beyond nine digits.
 */
export function parseRetryAfter(value: string | null): number | null {
  if (value === null || !/^\d{1,9}(\.\d+)?$/.test(value.trim())) return null;
  return Number(value) * 1000;
}
