/** Calls back once, when the browser is idle. */
export function whenIdle(callback: () => void): void {
  // Safari has no requestIdleCallback.
  if (typeof requestIdleCallback === 'undefined') setTimeout(callback, 2_000);
  else requestIdleCallback(callback, { timeout: 5_000 });
}
