interface Task {
  readonly time: number;
  readonly order: number;
  readonly run: () => void;
}

function isBefore(a: Task, b: Task): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}

/** Moments in a millisecond. A power of two, so that sums and differences of moments are exact. */
const grain = 8;

/** Runs after everything that waits for a settled promise. */
function everyPromise(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Simulated time: tasks run in the order of due time, then of creation. A binary heap. */
export class Scheduler {
  /** Milliseconds. */
  now = 0;
  readonly #heap: Task[] = [];
  #order = 0;
  #awaitsPromises = false;
  #failure: { readonly error: unknown } | null = null;

  after(delay: number, run: () => void): void {
    this.#order += 1;
    const time = Math.ceil((this.now + Math.max(0, delay)) * grain) / grain;
    this.#push({ time, order: this.#order, run });
  }

  /** Lets everything that waits for settled promises run before the next task. */
  awaitPromises(): void {
    this.#awaitsPromises = true;
  }

  /** Ends the run with an error from a promise. */
  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  async runUntil(end: number): Promise<void> {
    for (;;) {
      while (this.#awaitsPromises) {
        this.#awaitsPromises = false;
        await everyPromise();
      }
      if (this.#failure) throw this.#failure.error;
      const next = this.#heap[0];
      if (!next || next.time > end) break;
      this.#pop();
      this.now = next.time;
      next.run();
    }
    this.now = end;
  }

  #push(task: Task): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(task);
    while (index > 0) {
      const parentIndex = (index - 1) >>> 1;
      const parent = heap[parentIndex];
      if (!parent || !isBefore(task, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = task;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      let child = heap[childIndex];
      if (!child) break;
      const right = heap[childIndex + 1];
      if (right && isBefore(right, child)) {
        childIndex += 1;
        child = right;
      }
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }
}
