/** The time that a page's own logic needs. Passed in, so that the simulation can bring its own. */
export interface PageClock {
  /** Monotonic, in ms. */
  now(): number;
  /** Runs `work` once, in so many ms. Returns what calls it off. */
  after(delay: number, work: () => void): () => void;
}

export const pageClock: PageClock = {
  now: () => performance.now(),
  after: (delay, work) => {
    const timer = setTimeout(work, delay);
    return () => clearTimeout(timer);
  },
};
