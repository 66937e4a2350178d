import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Renders once a second as long as there is something to count down. */
export class Ticker implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #until: () => number | null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param until epoch ms up to which to count, or `null` */
  constructor(host: ReactiveControllerHost, until: () => number | null) {
    this.#host = host;
    this.#until = until;
    host.addController(this);
  }

  hostUpdated(): void {
    clearTimeout(this.#timer);
    const left = (this.#until() ?? 0) - Date.now();
    if (left <= 0) return;
    // On the full second, or a late timer would make the count skip one.
    this.#timer = setTimeout(() => this.#host.requestUpdate(), left % 1_000 || 1_000);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
  }
}
