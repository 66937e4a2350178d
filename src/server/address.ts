import { isIPv4, isIPv6 } from 'node:net';

/** What the server knows of a request beside the request itself. */
export interface RequestSource {
  /** The address of the other end of the TCP connection. */
  readonly address?: string | undefined;
}

/**
 * Who asks, as far as it can be believed: of `X-Forwarded-For` only the entries that the site's own
 * proxies have added, counted from the right. What stands further left anybody can write there.
 *
 * @param proxies how many proxies of the site stand in front; 0: none, the header is not read
 * @returns an IPv4 address or the /64 of an IPv6 one, of which one customer has the whole; `null` when
 * it is not known
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
  // The URL parser writes every IPv6 address in one way, without leading zeros.
  const groups = new URL(`http://[${plain}]/`).hostname.slice(1, -1).split('::');
  const head = (groups[0] ?? '').split(':').filter(Boolean);
  const tail = (groups[1] ?? '').split(':').filter(Boolean);
  const zeros = groups.length === 2 ? 8 - head.length - tail.length : 0;
  const all = [...head, ...Array.from({ length: zeros }, () => '0'), ...tail];
  return `${all.slice(0, 4).join(':')}::/64`;
}
