import { portCases, servedPortCases } from '../../../contracts/ports.ts';
import { RealPortsBench } from '../../../contracts/ports-bench.ts';
import { SocketClient } from '../../../contracts/socket-client.ts';

/** Whether two values have the same content; what is `undefined` is not there. */
function isAlike(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...keys].every((key) => isAlike(Reflect.get(one, key), Reflect.get(other, key)));
}

function equal(actual: unknown, expected: unknown, what = ''): void {
  if (isAlike(actual, expected)) return;
  const reported = [actual, expected].map((value) => JSON.stringify(value)?.slice(0, 500));
  throw new Error(`${what}: ${reported[0]} is not ${reported[1]}`);
}

let visible = true;
Object.defineProperty(document, 'visibilityState', {
  get: () => (visible ? 'visible' : 'hidden'),
});

/** Runs every case over real ports or channels. Returns what is wrong. */
window.runPortCases = async (transport) => {
  const wrong: string[] = [];
  for (const { name, run } of [...portCases, ...servedPortCases]) {
    const bench = new RealPortsBench({
      transport,
      setVisible: (is) => {
        visible = is;
      },
      pass: (duration) => window.passTime(duration),
    });
    try {
      await run(bench, { equal });
    } catch (error) {
      wrong.push(`${name}: ${error instanceof Error ? error.message : error}`);
    }
    await bench.close();
  }
  return { cases: portCases.length + servedPortCases.length, wrong };
};

window.openSockets = (url) => {
  window.sockets = new SocketClient(url);
};

declare global {
  interface Window {
    runPortCases(transport: 'port' | 'channel'): Promise<{ cases: number; wrong: string[] }>;
    passTime(duration: number): Promise<void>;
    openSockets(url: string): void;
    sockets: SocketClient;
  }
}
