import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * How long a line stays, in ms: long enough to be announced, too short to be found while browsing with a
 * screen reader.
 */
const lineLifetime = 1_000;

/**
 * Announces changes to screen readers. The feed itself isn't a live region: its rows change for other
 * reasons, too.
 */
export class Announcer implements ReactiveController {
  lines: readonly string[] = [];
  readonly #host: ReactiveControllerHost;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  announce(lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.lines = [...this.lines, ...lines];
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#clear(), lineLifetime);
    this.#host.requestUpdate();
  }

  hostDisconnected(): void {
    clearTimeout(this.#timer);
    this.lines = [];
  }

  #clear(): void {
    this.lines = [];
    this.#host.requestUpdate();
  }
}
