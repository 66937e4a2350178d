import { array, boolean, exactOptional, object, unknown } from 'zod/mini';

/** Timeout of the request, in ms: the core waits 10 s for a connection attempt. */
const deadline = 5_000;

const domainsSchema = object({
  allowAllDomains: exactOptional(boolean()),
  allowedDomains: array(unknown()),
});

/**
 * The domains that a deployment allows (`domains.json`). The platform refuses the handshake of any other
 * site, which a browser can't tell from a network failure, so it is asked after a failed handshake.
 */
export class AllowedDomains {
  readonly #url: string;
  readonly #logError: (what: string, cause: unknown) => void;
  /** `null` until the platform has answered. */
  #isAllowed: boolean | null = null;

  constructor(url: string, logError: (what: string, cause: unknown) => void) {
    this.#url = url;
    this.#logError = logError;
  }

  /** Whether the deployment refuses this origin. `false` if that can't be found out. Never rejects. */
  async refuses(origin: string): Promise<boolean> {
    this.#isAllowed ??= await this.#ask(origin);
    return this.#isAllowed === false;
  }

  async #ask(origin: string): Promise<boolean | null> {
    try {
      const response = await fetch(this.#url, {
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        signal: AbortSignal.timeout(deadline),
      });
      // Not every deployment has the file.
      if (!response.ok) return null;
      const { allowAllDomains, allowedDomains } = domainsSchema.parse(await response.json());
      const { hostname } = new URL(origin);
      const isAllowed =
        allowAllDomains === true || allowedDomains.some((domain) => includes(domain, hostname));
      if (!isAllowed)
        this.#logError(
          'The chat can’t connect',
          `${origin} is not among the deployment’s allowed domains`,
        );
      return isAllowed;
    } catch {
      // The network that failed the handshake fails this request, too. The next attempt asks again.
      return null;
    }
  }
}

/** Lenient, since the form of an entry is not documented: an unknown one counts as a match. */
function includes(domain: unknown, hostname: string): boolean {
  if (typeof domain !== 'string') return true;
  const host = domain
    .trim()
    .toLowerCase()
    .replace(/^[a-z]+:\/\//, '')
    .replace(/^\*\./, '')
    .replace(/[:/].*$/, '');
  if (!/^[a-z\d.-]+$/.test(host)) return true;
  return hostname === host || hostname.endsWith(`.${host}`);
}
