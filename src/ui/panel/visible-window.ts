import type { ReactiveController, ReactiveControllerHost } from 'lit';

/**
 * Fits a full-screen panel above the on-screen keyboard. On iOS the keyboard shrinks only the visual
 * viewport, which `dvh` ignores.
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
    // When the visitor zooms in, the panel must not shrink.
    if (viewport && Math.abs(viewport.scale - 1) < 0.01) {
      style.setProperty('--_window-top', `${viewport.offsetTop}px`);
      style.setProperty('--_window-height', `${viewport.height}px`);
    } else {
      style.removeProperty('--_window-top');
      style.removeProperty('--_window-height');
    }
  };
}
