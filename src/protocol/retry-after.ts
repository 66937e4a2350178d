/** `Retry-After` in seconds, as ms. Its date form would need the server's clock; it counts as absent. */
export function parseRetryAfter(value: string | null): number | null {
  if (value === null || !/^\d+(\.\d+)?$/.test(value.trim())) return null;
  const duration = Number(value) * 1000;
  return Number.isFinite(duration) ? duration : null;
}
