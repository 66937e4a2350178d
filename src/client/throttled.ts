/** In ms. */
const pause = 250;

/**
 * Runs `work` at once, and at most once in 250 ms. Calls during the pause lead to one run at its end, so
 * the last call always counts. `signal` cancels that run.
 */
export function throttled(work: () => void, signal: AbortSignal): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isPaused = false;
  let isDue = false;
  const now = (): void => {
    isDue = false;
    isPaused = true;
    timer = setTimeout(() => {
      isPaused = false;
      if (isDue) now();
    }, pause);
    work();
  };
  signal.addEventListener('abort', () => clearTimeout(timer));
  return () => {
    if (isPaused) isDue = true;
    else now();
  };
}
