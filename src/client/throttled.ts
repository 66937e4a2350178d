/** In ms: of what happens many times at once, one in this time is enough. */
const pause = 250;

/**
 * Does the work at once, and at most once in 250 ms. The last one is never left out: what happened while
 * it paused is done when the pause is over.
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
