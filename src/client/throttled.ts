/** In ms. */
const pause = 250;

/**
 * Runs `work` at once, and at most once in 250 ms. Calls during the pause lead to one run at its end, so
 * the last call always counts.
 */
export function throttled(work: () => void): () => void {
  let isPaused = false;
  let isDue = false;
  const now = (): void => {
    isDue = false;
    isPaused = true;
    setTimeout(() => {
      isPaused = false;
      if (isDue) now();
    }, pause);
    work();
  };
  return () => {
    if (isPaused) isDue = true;
    else now();
  };
}
