const loopback = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/;

/** Whether an `Origin` header names a page of this machine. */
export function isLoopbackOrigin(origin: string): boolean {
  return loopback.test(origin);
}

/**
 * Whether a page of that origin may call. A request without `Origin` comes from no page.
 *
 * @param allowed every loopback origin where it is undefined; `*` for any
 */
export function originAllowed(
  origin: string | undefined,
  allowed: readonly string[] | undefined,
): boolean {
  if (origin === undefined) return true;
  if (allowed === undefined) return isLoopbackOrigin(origin);
  return allowed.includes('*') || allowed.includes(origin);
}
