interface Request {
  readonly run: () => unknown;
  /** Its request is rejected, although it holds the lock. */
  readonly lose: () => void;
}

interface Options {
  readonly signal?: AbortSignal;
  readonly steal?: boolean;
}

/** Web Locks within one process, in the order of asking; Node has none. */
export class FakeLocks {
  readonly #queues = new Map<string, Request[]>();

  request(name: string, ...given: [() => unknown] | [Options, () => unknown]): Promise<unknown> {
    const [{ signal, steal = false }, work] = given.length === 1 ? [{}, given[0]] : given;
    return new Promise((resolve, reject) => {
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      let isHeld = false;
      const request: Request = {
        run: async () => {
          // Given up or lost in the meantime.
          if (isHeld || queue[0] !== request) return;
          isHeld = true;
          try {
            resolve(await work());
          } catch (error) {
            reject(error);
          }
          if (queue[0] !== request) return;
          queue.shift();
          queue[0]?.run();
        },
        lose: () => reject(new DOMException('stolen', 'AbortError')),
      };
      signal?.addEventListener('abort', () => {
        if (isHeld) return;
        queue.splice(queue.indexOf(request), 1);
        reject(new DOMException('given up', 'AbortError'));
      });
      if (steal) queue.splice(0, 1, request)[0]?.lose();
      else queue.push(request);
      if (queue[0] === request) queueMicrotask(() => request.run());
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
