/**
 * Where tokens and messages may go. Not `URL`, because the protocol uses no API of a browser or Node: an
 * address with anything that the two could read differently, such as `@` or `\`, is refused.
 */

const address = /^(wss?|https?):\/\/(\[[\da-f:.]+\]|[^\s/?#@:\\[\]]+)(:\d+)?([/?#][^\s\\]*)?$/i;

/** The 127.0.0.0/8 block as a browser writes it, `::1`, and the names that browsers resolve to them. */
const loopback = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

/** What is wrong with the socket's address; `null`: nothing. */
export function socketUrlProblem(url: string, allowsInsecure: boolean): string | null {
  const [, scheme = '', host = '', , rest = ''] = address.exec(url) ?? [];
  if (!/^wss?$/.test(scheme)) return 'must be a ws: or wss: URL';
  if (/[?#]/.test(rest)) return 'must have no query and no fragment';
  return insecureProblem(scheme === 'ws', host, 'wss:', allowsInsecure);
}

/** What is wrong with the origin of the REST API; `null`: nothing. */
export function apiUrlProblem(url: string, allowsInsecure: boolean): string | null {
  const [, scheme = '', host = '', , rest = ''] = address.exec(url) ?? [];
  if (!/^https?$/.test(scheme) || !/^\/?$/.test(rest)) {
    return 'must be an origin, such as https://api.example';
  }
  return insecureProblem(scheme === 'http', host, 'https:', allowsInsecure);
}

function insecureProblem(
  isInsecure: boolean,
  host: string,
  secure: string,
  allowsInsecure: boolean,
): string | null {
  if (!isInsecure || allowsInsecure || loopback.test(host)) return null;
  return `must be ${secure} for hosts other than loopback; allowInsecure: true permits it`;
}
