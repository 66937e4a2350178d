import { Probe, reportFilled } from './probe.ts';

/** The floor's side: a page that is posted frames. */

const probe = new Probe();
globalThis.bench = probe;

const { port } = new SharedWorker(new URL('./floor-worker.ts', import.meta.url), {
  type: 'module',
  name: 'floor',
  extendedLifetime: true,
});
port.onmessage = ({ data }: MessageEvent<unknown>) => {
  if (typeof data !== 'string') {
    reportFilled();
    return;
  }
  const frame: { type: string; text?: string } = JSON.parse(data);
  if (frame.type === 'message' && frame.text !== undefined) probe.arrived(frame.text);
};
