import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * Keeps a full-screen panel within what an on-screen keyboard leaves: iOS shrinks the visual viewport
 * alone, and `dvh` doesn't notice.
 */
export class VisibleWindow implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    window.visualViewport?.addEventListener('resize', this.#fit);
    window.visualViewport?.addEventListener('scroll', this.#fit);
    this.#fit();
  }

  hostDisconnected(): void {
    window.visualViewport?.removeEventListener('resize', this.#fit);
    window.visualViewport?.removeEventListener('scroll', this.#fit);
  }

  readonly #fit = (): void => {
    const { style } = this.#host;
    const viewport = window.visualViewport;
    // Somebody who zooms in wants things larger, not a smaller panel.
    if (viewport && Math.abs(viewport.scale - 1) < 0.01) {
      style.setProperty('--_window-top', `${viewport.offsetTop}px`);
      style.setProperty('--_window-height', `${viewport.height}px`);
    } else {
      style.removeProperty('--_window-top');
      style.removeProperty('--_window-height');
    }
  };
}
