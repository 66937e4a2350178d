import type { Deployment } from '../../protocol/deployment.ts';
import { toDeployment } from '../../protocol/genesys-cloud/deployment.ts';

/** For the platform's answer, in ms. */
const deadline = 10_000;

/** After a failure it is not asked again for so long, in ms. */
const pause = 60_000;

/** What waits for it goes on without it after this, in ms: it is a help, and no condition. */
const patience = 1_500;

/** The deployment's own settings, fetched when they are first of use. */
export class DeploymentSettings {
  /** `null` as long as nothing is known. */
  current: Deployment | null = null;
  readonly #url: string;
  readonly #logError: (what: string, cause: unknown) => void;
  #asking: Promise<void> | null = null;
  #askAgainAt = 0;

  constructor(url: string, logError: (what: string, cause: unknown) => void) {
    this.#url = url;
    this.#logError = logError;
  }

  /** Never rejects: without an answer, `null`. */
  async get(): Promise<Deployment | null> {
    await this.#fetched();
    return this.current;
  }

  /** Resolves when they are known, or when that takes too long to be waited for. */
  async soon(): Promise<void> {
    await Promise.race([this.#fetched(), new Promise((resolve) => setTimeout(resolve, patience))]);
  }

  async #fetched(): Promise<void> {
    if (this.current || performance.now() < this.#askAgainAt) return;
    this.#asking ??= this.#fetch();
    await this.#asking;
    this.#asking = null;
  }

  async #fetch(): Promise<void> {
    try {
      const response = await fetch(this.#url, {
        credentials: 'omit',
        referrerPolicy: 'no-referrer',
        signal: AbortSignal.timeout(deadline),
      });
      if (!response.ok) throw new Error(`the platform answered ${response.status}`);
      this.current = toDeployment(await response.json());
      if (this.current) return;
      throw new Error('a misshapen answer');
    } catch (cause) {
      this.#askAgainAt = performance.now() + pause;
      this.#logError('the deployment’s settings could not be read', cause);
    }
  }
}
