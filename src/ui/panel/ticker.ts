import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Requests an update once a second during a countdown. */
export class Ticker implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #until: () => number | null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param until the end of the countdown in epoch ms, or `null` for none */
  constructor(host: ReactiveControllerHost, until: () => number | null) {
    this.#host = host;
    this.#until = until;
    host.addController(this);
  }

  hostUpdated(): void {
    clearTimeout(this.#timer);
    const left = (this.#until() ?? 0) - Date.now();
    if (left <= 0) return;
    // Aim for the full second, so that a late timer doesn't skip one.
    this.#timer = setTimeout(() => this.#host.requestUpdate(), left % 1_000 || 1_000);
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
  }
}
