interface Request {
  readonly run: () => unknown;
}

/** Web Locks within one process, in the order of asking; Node has none. */
export class FakeLocks {
  readonly #queues = new Map<string, Request[]>();

  request(
    name: string,
    ...given: [() => unknown] | [{ signal?: AbortSignal }, () => unknown]
  ): Promise<unknown> {
    const work = given.length === 1 ? given[0] : given[1];
    const signal = given.length === 1 ? undefined : given[0].signal;
    return new Promise((resolve, reject) => {
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      let isHeld = false;
      const request: Request = {
        run: async () => {
          isHeld = true;
          try {
            resolve(await work());
          } catch (error) {
            reject(error);
          }
          queue.shift();
          queue[0]?.run();
        },
      };
      signal?.addEventListener('abort', () => {
        if (isHeld) return;
        queue.splice(queue.indexOf(request), 1);
        reject(new DOMException('given up', 'AbortError'));
      });
      queue.push(request);
      if (queue.length === 1) queueMicrotask(() => request.run());
    });
  }

  /** All that somebody holds or waits for. */
  get names(): string[] {
    return [...this.#queues].flatMap(([name, queue]) => (queue.length > 0 ? [name] : []));
  }

  /** How many hold or wait for it. */
  count(name: string): number {
    return this.#queues.get(name)?.length ?? 0;
  }
}
