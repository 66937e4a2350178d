/**
 * Whether a request comes from a page of another origin. `same-site` counts as cross-origin, because
 * another party may run a sibling subdomain.
 *
 * Browsers send the origin with every POST. A request without `Sec-Fetch-Site` and `Origin` does not come
 * from a page and can't misuse a visitor's cookies, so it passes.
 *
 * @param ownOrigins the site's origins; if empty, the origin of the request's URL
 */
export function isCrossOrigin(request: Request, ownOrigins: readonly string[]): boolean {
  const site = request.headers.get('Sec-Fetch-Site');
  if (site !== null && site !== 'same-origin' && site !== 'none') return true;
  const origin = request.headers.get('Origin');
  if (origin === null) return false;
  const own = ownOrigins.length > 0 ? ownOrigins : [new URL(request.url).origin];
  return !own.includes(origin);
}
