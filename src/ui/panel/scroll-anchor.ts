import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { createRef } from 'lit/directives/ref.js';
import type { Viewport } from './virtual-rows.ts';

/** So close to the end, in px, the reader counts as being there. */
const endZone = 40;
/** So close to the top, in px, older messages are wanted. */
const topZone = 160;

interface ScrollAnchorOptions {
  /** Called when somebody scrolls up to where older messages are wanted. */
  readonly onTop: () => void;
  /** Called when the end comes into view. */
  readonly onEnd: () => void;
}

/**
 * Where the reader is. At the end, the end stays in view whatever grows; above it, what they read stays
 * where it is on the screen, whatever comes, goes or is mended above and below.
 *
 * Safari has no scroll anchoring, so that of other browsers is switched off and this one works in all.
 */
export class ScrollAnchor implements ReactiveController {
  readonly scroller = createRef<HTMLElement>();
  readonly content = createRef<HTMLElement>();
  isFollowing = true;

  readonly #host: ReactiveControllerHost;
  readonly #options: ScrollAnchorOptions;
  readonly #resizes: ResizeObserver;
  #observed: HTMLElement | null = null;
  /** `scrollTop` as last seen or set here: anything else means that the reader scrolled. */
  #top = 0;
  /** The scroller's own size when that was: in another one the browser moves what is in it. */
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

  /** What decides which rows are to be there. */
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
    // The scroll event of what the reader just did may still be under way.
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

  /** Goes to the end, and stays there. */
  scrollToEnd(): void {
    this.isFollowing = true;
    this.restore();
    this.#host.requestUpdate();
  }

  readonly onScroll = (): void => {
    const before = this.#top;
    this.#readPosition();
    // Other rows may be wanted, or the button to the end.
    this.#host.requestUpdate();
    if (this.isFollowing) this.#options.onEnd();
    if (this.#top < before && this.#top < topZone) this.#options.onTop();
  };

  #readPosition(): void {
    const { value: scroller } = this.scroller;
    if (!scroller?.clientHeight || scroller.scrollTop === this.#top) return;
    // Nobody has scrolled: `settle` comes with the resize, and goes on where the reader was.
    if (sizeOf(scroller) !== this.#size) return;
    this.#top = scroller.scrollTop;
    this.isFollowing = scroller.scrollHeight - this.#top - scroller.clientHeight <= endZone;
    this.#setAnchor();
  }

  /** Puts right what the last change of layout moved. */
  restore(): void {
    const { value: scroller } = this.scroller;
    // Hidden, nothing has a place.
    if (!scroller?.clientHeight) return;
    if (this.isFollowing) {
      scroller.scrollTop = scroller.scrollHeight;
    } else if (this.#anchor?.element.isConnected) {
      // It stays where it is: browsers scroll by whole pixels, and what is left over must not add up.
      scroller.scrollTop += offsetIn(scroller, this.#anchor.element) - this.#anchor.offset;
    } else this.#setAnchor();
    this.#top = scroller.scrollTop;
    this.#size = sizeOf(scroller);
  }

  /** Drops the anchor at the first message in view: its bubble, since name and time come and go around it. */
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
    // Among rows that aren't there yet, the first below may be far away.
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

/** By bisection: asking thousands of rows for their place at each scroll event would be felt. */
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
