import { socketUrl } from 'bench:config';
import { keptRow } from './kept.ts';
import { page } from './probe.ts';

/**
 * The floor: one socket, each frame as it is to every tab, nothing kept. What it says to the gateway is
 * the least that makes the emulator send: token, auth, routing, and an answer to its pings. So both
 * sides are sent the same frames by the same server, and differ in the browser alone.
 *
 * A new tab is given a page of messages that cost nothing to have: the floor of what it takes to fill
 * a page is one post.
 */
// The types of pages and of workers exclude each other, and this folder has those of pages.
declare const self: { onconnect: ((event: MessageEvent<unknown>) => void) | null };

const tabs = new Set<MessagePort>();
const rows = Array.from({ length: page }, (_, index) => keptRow('floor', 1, index + 1));

self.onconnect = ({ ports }) => {
  const [port] = ports;
  if (!port) return;
  tabs.add(port);
  port.postMessage(rows);
};

interface Frame {
  readonly type: string;
  readonly payload?: unknown;
}

async function open(): Promise<void> {
  const response = await fetch('/chat/token', { method: 'POST' });
  if (!response.ok) return;
  const { token }: { token: string } = await response.json();
  const socket = new WebSocket(socketUrl);
  const send = (frame: object) => socket.send(JSON.stringify(frame));
  socket.onopen = () => send({ type: 'auth', token });
  socket.onmessage = ({ data }: MessageEvent<string>) => {
    for (const tab of tabs) tab.postMessage(data);
    // Only what is no message is looked into: the tabs have it already.
    if (data.startsWith('{"type":"message"')) return;
    const frame: Frame = JSON.parse(data);
    if (frame.type === 'auth')
      send({ type: 'routing', routing: { skillGroups: ['Tier1_Support'] } });
    else if (frame.type === 'ping') send({ type: 'pong', payload: frame.payload });
  };
}

void open();
