import { isIPv4, isIPv6 } from 'node:net';

/** What the server knows about a request that is not part of the request itself. */
export interface RequestSource {
  /** Remote address of the TCP connection. */
  readonly address?: string | undefined;
}

/**
 * The client's address. In `X-Forwarded-For` only the entries that the site's own proxies added, counted
 * from the right, can be trusted: the client can forge those further left.
 *
 * @param proxies number of the site's proxies in front of the server; 0: the header is ignored
 * @returns an IPv4 address, or the /64 prefix of an IPv6 address, since one customer usually has all of
 *   it; `null` if unknown
 */
export function clientAddress(
  request: Request,
  source: RequestSource,
  proxies: number,
): string | null {
  if (proxies === 0) return normalize(source.address ?? '');
  const hops = (request.headers.get('X-Forwarded-For') ?? '').split(',');
  return normalize((hops[hops.length - proxies] ?? '').trim());
}

function normalize(address: string): string | null {
  const plain = address.replace(/^::ffff:/i, '').replace(/%.*$/, '');
  if (isIPv4(plain)) return plain;
  if (!isIPv6(plain)) return null;
  // The URL parser normalizes IPv6 addresses, without leading zeros.
  const groups = new URL(`http://[${plain}]/`).hostname.slice(1, -1).split('::');
  const head = (groups[0] ?? '').split(':').filter(Boolean);
  const tail = (groups[1] ?? '').split(':').filter(Boolean);
  const zeros = groups.length === 2 ? 8 - head.length - tail.length : 0;
  const all = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail];
  return `${all.slice(0, 4).join(':')}::/64`;
}
