const loopback = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** Whether an `Origin` header is that of a page on this machine. */
export function isLoopbackOrigin(origin: string): boolean {
  return loopback.test(origin);
}

/**
 * Whether pages of an origin are allowed. A request without `Origin` does not come from a page.
 *
 * @param allowed `*` for any; every loopback origin if undefined
 */
export function originAllowed(
  origin: string | undefined,
  allowed: readonly string[] | undefined,
): boolean {
  if (origin === undefined) return true;
  if (allowed === undefined) return isLoopbackOrigin(origin);
  return allowed.includes('*') || allowed.includes(origin);
}
