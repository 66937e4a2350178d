import type { Deployment } from '../../protocol/deployment.ts';
import { toDeployment } from '../../protocol/genesys-cloud/deployment.ts';

/** Timeout of the request, in ms. */
const deadline = 10_000;

/** Time after a failure before the next request, in ms. */
const retryDelay = 60_000;

/** How long callers wait at most, in ms: they can do without the settings. */
const waitLimit = 1_500;

/** The deployment's own settings, fetched on first use. */
export class DeploymentSettings {
  /** `null` until they are known. */
  current: Deployment | null = null;
  readonly #url: string;
  readonly #logError: (what: string, cause: unknown) => void;
  #request: Promise<void> | null = null;
  #retryAt = 0;

  constructor(url: string, logError: (what: string, cause: unknown) => void) {
    this.#url = url;
    this.#logError = logError;
  }

  /** Never rejects; `null` without a response. */
  async get(): Promise<Deployment | null> {
    await this.#fetched();
    return this.current;
  }

  /** Resolves once they are known, or after `waitLimit`. */
  async soon(): Promise<void> {
    await Promise.race([this.#fetched(), new Promise((resolve) => setTimeout(resolve, waitLimit))]);
  }

  async #fetched(): Promise<void> {
    if (this.current || performance.now() < this.#retryAt) return;
    this.#request ??= this.#fetch();
    await this.#request;
    this.#request = null;
  }

  async #fetch(): Promise<void> {
    try {
      const response = await fetch(this.#url, {
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        signal: AbortSignal.timeout(deadline),
      });
      if (!response.ok) throw new Error(`the platform returned ${response.status}`);
      this.current = toDeployment(await response.json());
      if (this.current?.isActive === false) {
        this.#logError('The chat can’t work', 'the deployment is not active; see its status');
      }
      if (this.current) return;
      throw new Error('invalid response');
    } catch (cause) {
      this.#retryAt = performance.now() + retryDelay;
      this.#logError('Deployment settings could not be loaded', cause);
    }
  }
}
