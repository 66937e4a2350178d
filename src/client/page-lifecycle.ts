import { throttled } from './throttled.ts';

export interface PageLifecycleEvents {
  visibilityChanged(isVisible: boolean): void;
  /** The visitor clicked, typed or focused the page. Throttled. */
  used(): void;
  /** The page is unloaded, or enters the back/forward cache. */
  hidden(): void;
  /** The page has come back from the back/forward cache. */
  restored(): void;
  /** The browser is about to suspend the page's timers and tasks. */
  frozen(): void;
  /** The page runs again after `frozen`. */
  resumed(): void;
}

export function isPageVisible(): boolean {
  return document.visibilityState === 'visible';
}

/** Returns a function that removes all listeners and timers. */
export function listenToPageLifecycle(events: PageLifecycleEvents): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  const onVisibility = () => events.visibilityChanged(isPageVisible());
  document.addEventListener('visibilitychange', onVisibility, { signal });
  const onUse = throttled(() => events.used(), signal);
  addEventListener('focus', onUse, { signal });
  addEventListener('pointerdown', onUse, { signal, passive: true, capture: true });
  addEventListener('keydown', onUse, { signal, passive: true, capture: true });
  addEventListener('pagehide', () => events.hidden(), { signal });
  addEventListener('pageshow', ({ persisted }) => persisted && events.restored(), { signal });
  document.addEventListener('freeze', () => events.frozen(), { signal });
  document.addEventListener('resume', () => events.resumed(), { signal });
  return () => abort.abort();
}
