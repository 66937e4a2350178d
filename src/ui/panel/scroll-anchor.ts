import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { createRef } from 'lit/directives/ref.js';
import type { Viewport } from './virtual-rows.ts';

/** The distance from the end, in px, within which the end is followed. */
const endZone = 40;
/** The distance from the top, in px, within which older messages are loaded. */
const topZone = 160;

interface ScrollAnchorOptions {
  /** Called when the visitor scrolls up to the top. */
  readonly onTop: () => void;
  /** Called when the end comes into view. */
  readonly onEnd: () => void;
}

/**
 * Keeps the visitor's place in the feed. At the end, the end stays in view as the feed grows. Above it, the
 * first visible message stays in place when rows are added, removed or resized above or below.
 *
 * Safari has no scroll anchoring, so CSS switches it off in all browsers and this class replaces it.
 */
export class ScrollAnchor implements ReactiveController {
  readonly scroller = createRef<HTMLElement>();
  readonly content = createRef<HTMLElement>();
  isFollowing = true;

  readonly #host: ReactiveControllerHost;
  readonly #options: ScrollAnchorOptions;
  readonly #resizes: ResizeObserver;
  #observed: HTMLElement | null = null;
  /** The last known `scrollTop`. A different value means that the visitor scrolled. */
  #top = 0;
  /** The scroller's size at that time. A resize can change `scrollTop`, too. */
  #size = '';
  #anchor: {
    readonly element: Element;
    readonly messageId: string;
    readonly offset: number;
  } | null = null;

  constructor(host: ReactiveControllerHost, options: ScrollAnchorOptions) {
    this.#host = host;
    this.#options = options;
    this.#resizes = new ResizeObserver(() => this.restore());
    host.addController(this);
  }

  /** Decides which rows are mounted. */
  get viewport(): Viewport {
    const { value: scroller } = this.scroller;
    return {
      isFollowing: this.isFollowing,
      anchor: this.#anchor,
      top: this.#top,
      width: scroller?.clientWidth ?? 0,
      height: scroller?.clientHeight ?? 0,
    };
  }

  hostDisconnected(): void {
    this.#resizes.disconnect();
    this.#observed = null;
  }

  hostUpdate(): void {
    // The scroll event of the visitor's latest action may not have fired yet.
    this.#readPosition();
  }

  hostUpdated(): void {
    const { value: scroller } = this.scroller;
    if (scroller && this.#observed !== scroller) {
      this.#resizes.disconnect();
      this.#resizes.observe(scroller);
      if (this.content.value) this.#resizes.observe(this.content.value);
      this.#observed = scroller;
    }
    this.restore();
  }

  /** Scrolls to the end and follows it. */
  scrollToEnd(): void {
    this.isFollowing = true;
    this.restore();
    this.#host.requestUpdate();
  }

  readonly onScroll = (): void => {
    const before = this.#top;
    this.#readPosition();
    // The visible rows, or the button to the end, may have changed.
    this.#host.requestUpdate();
    if (this.isFollowing) this.#options.onEnd();
    if (this.#top < before && this.#top < topZone) this.#options.onTop();
  };

  #readPosition(): void {
    const { value: scroller } = this.scroller;
    if (!scroller?.clientHeight || scroller.scrollTop === this.#top) return;
    // A resize, not the visitor, changed it. The resize observer calls `restore`.
    if (sizeOf(scroller) !== this.#size) return;
    this.#top = scroller.scrollTop;
    this.isFollowing = scroller.scrollHeight - this.#top - scroller.clientHeight <= endZone;
    this.#setAnchor();
  }

  /** Restores the place after a change of layout. */
  restore(): void {
    const { value: scroller } = this.scroller;
    // While hidden, there is no layout.
    if (!scroller?.clientHeight) return;
    if (this.isFollowing) {
      scroller.scrollTop = scroller.scrollHeight;
    } else if (this.#anchor?.element.isConnected) {
      // The anchor's offset isn't updated: browsers round `scrollTop`, and the error must not add up.
      scroller.scrollTop += offsetIn(scroller, this.#anchor.element) - this.#anchor.offset;
    } else this.#setAnchor();
    this.#top = scroller.scrollTop;
    this.#size = sizeOf(scroller);
  }

  /** Anchors to the first visible bubble, not its row: the name and time around it come and go. */
  #setAnchor(): void {
    const { value: scroller } = this.scroller;
    if (!scroller || this.isFollowing) {
      this.#anchor = null;
      return;
    }
    const article = firstBelow(scroller);
    const element = article?.querySelector('.bubble');
    const messageId = article?.dataset.messageId;
    const offset = element ? offsetIn(scroller, element) : 0;
    // In an area without mounted rows, the next row can be far below.
    const isSeen = offset < scroller.clientHeight;
    this.#anchor =
      element && messageId !== undefined && isSeen ? { element, messageId, offset } : null;
  }
}

function sizeOf({ clientWidth, clientHeight }: Element): string {
  return `${clientWidth} × ${clientHeight}`;
}

function offsetIn(scroller: Element, element: Element): number {
  return element.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
}

/** Uses binary search: measuring every row on each scroll event would be too slow. */
function firstBelow(scroller: Element): HTMLElement | null {
  const articles = scroller.getElementsByTagName('article');
  const top = scroller.getBoundingClientRect().top;
  let low = 0;
  let high = articles.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((articles[middle]?.getBoundingClientRect().bottom ?? 0) <= top) low = middle + 1;
    else high = middle;
  }
  return articles[low] ?? null;
}
