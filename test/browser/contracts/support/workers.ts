import { type Remote, wrap } from 'comlink';
import type { EdgesApi } from './worker.ts';

export type Host = 'shared worker' | 'dedicated worker';

export interface EdgeWorker {
  readonly edges: Remote<EdgesApi>;
  /** Resolves when nothing of it is left. */
  kill(): Promise<void>;
}

let count = 0;

/** A worker of its own, alive. */
export async function startWorker(host: Host): Promise<EdgeWorker> {
  count += 1;
  const life = `life ${count}`;
  const { edges, end } = connect(host, life);
  await edges.live(life);
  return {
    edges,
    kill: async () => {
      end();
      // Whatever it has open or holds goes with this.
      await navigator.locks.request(life, () => {});
    },
  };
}

function connect(host: Host, name: string) {
  const url = '/worker.js';
  if (host === 'dedicated worker') {
    const worker = new Worker(url, { type: 'module', name });
    return { edges: wrap<EdgesApi>(worker), end: () => worker.terminate() };
  }
  const { port } = new SharedWorker(url, { type: 'module', name });
  const edges = wrap<EdgesApi>(port);
  return { edges, end: () => void edges.die() };
}
