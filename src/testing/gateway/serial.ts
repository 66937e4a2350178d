/** Runs the tasks of each key in sequence; different keys do not wait for each other. */
export class KeyedSerial {
  readonly #tails = new Map<string, Promise<void>>();

  /** Settles as the task does. */
  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const result = (this.#tails.get(key) ?? Promise.resolve()).then(task);
    const done = () => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    };
    // Only the caller gets the error; the next task runs anyway.
    const tail: Promise<void> = result.then(done, done);
    this.#tails.set(key, tail);
    return result;
  }
}
