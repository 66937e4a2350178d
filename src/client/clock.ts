/** Time as a page's logic sees it. The simulation passes its own. */
export interface PageClock {
  /** Monotonic, in ms. */
  now(): number;
  /** Runs `work` once, after `delay` ms. Returns a function that cancels it. */
  after(delay: number, work: () => void): () => void;
}

export const pageClock: PageClock = {
  now: () => performance.now(),
  after: (delay, work) => {
    const timer = setTimeout(work, delay);
    return () => clearTimeout(timer);
  },
};
