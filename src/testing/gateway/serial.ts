/** Runs the tasks of one key one after the other, in the order of asking; keys do not wait for each other. */
export class KeyedSerial {
  readonly #tails = new Map<string, Promise<void>>();

  /** Resolves or rejects as the task does. */
  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const result = (this.#tails.get(key) ?? Promise.resolve()).then(task);
    const done = () => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    };
    // A failure goes to the one who asked; the next in line does not depend on it.
    const tail: Promise<void> = result.then(done, done);
    this.#tails.set(key, tail);
    return result;
  }
}
