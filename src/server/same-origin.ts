/**
 * Whether a request may come from a page of another origin. `same-site` counts as another origin: a
 * sister subdomain can be somebody else's.
 *
 * A browser names the origin of every POST. A request that bears neither `Sec-Fetch-Site` nor
 * `Origin` is no page's, so nobody's cookies are borrowed with it, and it passes.
 *
 * @param ownOrigins The site's origins; empty: the origin of the request's own URL.
 */
export function isCrossOrigin(request: Request, ownOrigins: readonly string[]): boolean {
  const site = request.headers.get('Sec-Fetch-Site');
  if (site !== null && site !== 'same-origin' && site !== 'none') return true;
  const origin = request.headers.get('Origin');
  if (origin === null) return false;
  const own = ownOrigins.length > 0 ? ownOrigins : [new URL(request.url).origin];
  return !own.includes(origin);
}
