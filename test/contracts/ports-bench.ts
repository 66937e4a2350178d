import { wrap } from 'comlink';
import { openBroadcastTransport } from '../../src/client/connection/broadcast-transport.ts';
import { HubConnection } from '../../src/client/connection/hub-connection.ts';
import { holdLock } from '../../src/client/connection/locks.ts';
import {
  type OpenTransport,
  openSharedWorkerTransport,
} from '../../src/client/connection/transport.ts';
import { callChannel, streamChannel } from '../../src/protocol/channels.ts';
import { bootOf } from '../../src/protocol/epoch.ts';
import { hubChannel } from '../../src/protocol/hub-name.ts';
import { aliveLock } from '../../src/protocol/locks.ts';
import type { CallAnswer, HubCalls, StreamMessage } from '../../src/protocol/port.ts';
import { protocolVersion } from '../../src/protocol/version.ts';
import type { Note } from '../../src/worker/core/effect.ts';
import type { Input } from '../../src/worker/core/input.ts';
import type { TabStream } from '../../src/worker/host/hub.ts';
import {
  acceptConnections,
  type Port,
  type ServedHub,
  serve,
} from '../../src/worker/host/ports.ts';
import {
  type PortsHub,
  type PortsStranger,
  type PortsTab,
  type PortsTabOptions,
  portSnapshot,
  type ServedPortsBench,
} from './ports.ts';

/** What src/worker/host/hub.ts is to its ports, and nothing else. */
class ServedTestHub implements ServedHub, PortsHub {
  epoch = 'boot.0';
  readonly portMessages = 20;
  readonly inputs: Input[] = [];
  readonly asked: PortsHub['asked'] = [];
  readonly answerExtensionCall = undefined;
  readonly #ports = new Map<string, TabStream>();

  onCall: PortsHub['onCall'] = (tabId, call, settle) => {
    settle({ ok: true, value: [tabId, call.type] });
  };

  async hello() {
    return {
      type: 'partyline-hello',
      epoch: this.epoch,
      protocolVersion,
      build: '7',
      name: '',
    } as const;
  }

  async attach(...attached: Parameters<ServedHub['attach']>): Promise<void> {
    const [tabId, visible, known, port] = attached;
    this.#ports.set(tabId, port);
    this.inputs.push({ type: 'tab-attached', tabId, isVisible: visible, ...known });
  }

  detach(tabId: string): void {
    const port = this.#ports.get(tabId);
    if (!port) return;
    this.#ports.delete(tabId);
    port.close();
    this.inputs.push({ type: 'tab-left', tabId });
  }

  tabInput(input: Input): void {
    this.inputs.push(input);
  }

  call(...[tabId, call]: Parameters<ServedHub['call']>): Promise<CallAnswer> {
    const { epoch } = this;
    this.asked.push({ tabId, call });
    return new Promise((resolve) => {
      this.onCall(tabId, call, (answer) => resolve({ ...answer, epoch }));
    });
  }

  post(tabId: string, message: StreamMessage): void {
    this.#ports.get(tabId)?.post(message);
  }

  detachAll(): void {
    for (const tabId of [...this.#ports.keys()]) this.detach(tabId);
  }
}

/** There and back on both kinds of ways, some times: what was posted before, and its answer, is there. */
async function roundTrips(): Promise<void> {
  const name = `settled-${crypto.randomUUID()}`;
  const [one, two] = [new BroadcastChannel(name), new BroadcastChannel(name)];
  const { port1, port2 } = new MessageChannel();
  for (let trip = 0; trip < 8; trip += 1) {
    // Node hands over what is queued for one port at a time, and the others wait for its next turn.
    if (typeof setImmediate === 'function') await new Promise((turn) => setImmediate(turn));
    await new Promise((resolve) => {
      two.onmessage = resolve;
      one.postMessage(null);
    });
    await new Promise((resolve) => {
      port2.onmessage = resolve;
      port1.postMessage(null);
    });
  }
  one.close();
  two.close();
  port1.close();
}

export interface PortsSurroundings {
  readonly transport: 'port' | 'channel';
  /** What `document.visibilityState` says from now on. */
  setVisible(visible: boolean): void;
  pass(duration: number): Promise<void>;
}

/** The real ends of both sides, over real ports or channels. */
export class RealPortsBench implements ServedPortsBench {
  readonly hub = new ServedTestHub();
  readonly notes: Note[] = [];
  gone = 0;
  readonly settled = roundTrips;
  readonly #log = { note: (note: Note) => void this.notes.push(note) };
  readonly #around: PortsSurroundings;
  readonly #cleanUps: (() => void)[] = [];

  /** A hub holds a lock as long as it lives. */
  readonly #alive: Promise<() => void>;

  constructor(around: PortsSurroundings) {
    this.#around = around;
    this.#alive = holdLock(aliveLock(bootOf(this.hub.epoch)));
    if (around.transport === 'port') return;
    const door = new BroadcastChannel(hubChannel(''));
    this.#cleanUps.push(() => door.close());
    acceptConnections((port, onGone) => this.#serve(port, onGone), this.#log, door);
  }

  get limit(): number {
    return this.hub.portMessages;
  }

  async pass(duration: number): Promise<void> {
    await this.#around.pass(duration);
    await roundTrips();
  }

  detach(tabId: string): void {
    this.hub.detach(tabId);
  }

  async tab(options: PortsTabOptions = {}): Promise<PortsTab> {
    const { visible = true, conversationId = null, visitor = null, resetCount = 0 } = options;
    this.#around.setVisible(visible);
    await this.#alive;
    const heard: StreamMessage[] = [];
    const before = this.hub.inputs.length;
    let reason = '';
    const connection = new HubConnection(
      this.#route(),
      '',
      { conversationId, visitor, resetCount },
      30_000,
      {
        stream: (message) => void heard.push(message),
        lost: (why) => {
          reason = why;
        },
        redirected: () => {},
        incompatible: () => {},
        helloTimedOut: () => {},
      },
    );
    this.#cleanUps.push(() => connection.close());
    const attached = () =>
      this.hub.inputs.slice(before).find(({ type }) => type === 'tab-attached');
    while (!attached() && reason === '') await roundTrips();
    const input = attached();
    if (input?.type !== 'tab-attached') throw new Error(reason);
    this.hub.post(input.tabId, portSnapshot(this.hub.epoch));
    while (heard.length === 0 && reason === '') await roundTrips();
    if (reason !== '') throw new Error(reason);
    // Comlink is loaded with the first snapshot.
    await import('../../src/client/calls/hub-calls.ts');
    heard.length = 0;
    return {
      tabId: input.tabId,
      heard,
      post: (message) => connection.post(message),
      call: (call) => connection.call(call),
      close: () => connection.close(),
    };
  }

  async stranger(): Promise<PortsStranger> {
    const words: unknown[] = [];
    const heard: unknown[] = [];
    const isPort = this.#around.transport === 'port';
    const end = isPort ? this.#servedPort() : this.#servedChannel();
    this.#cleanUps.push(() => end.close());
    end.addEventListener('message', (event) => {
      const data: unknown = Object(event).data;
      if (Object(data).id === undefined) words.push(data);
    });
    const hub = wrap<HubCalls>(end);
    if (end instanceof MessagePort) end.start();
    while (words.length === 0) await roundTrips();
    let stream: Port | null = null;
    return {
      words,
      heard,
      attach: async (attachment) => {
        const { port1, port2 } = new MessageChannel();
        const name = streamChannel(String(Object(attachment).tabId));
        const opened = isPort ? port1 : new BroadcastChannel(name);
        stream = opened;
        this.#cleanUps.push(() => opened.close());
        opened.onmessage = ({ data }: MessageEvent<unknown>) => void heard.push(data);
        const handedOver = isPort ? port2 : null;
        const message = { type: 'partyline-attach', attach: attachment, stream: handedOver };
        if (end instanceof MessagePort) end.postMessage(message, [port2]);
        else end.postMessage(message);
        // A port keeps the order: the attach has arrived before this is answered.
        await hub.ping();
      },
      call: (call, callEpoch) => hub.call(call, callEpoch),
      post: (data) => stream?.postMessage(data),
    };
  }

  async close(): Promise<void> {
    for (const cleanUp of this.#cleanUps.splice(0).reverse()) cleanUp();
    this.hub.detachAll();
    (await this.#alive)();
  }

  #serve(port: Port, onGone = () => {}): void {
    this.#cleanUps.push(() => port.close());
    serve(port, this.hub, this.#log, () => {
      this.gone += 1;
      onGone();
    });
  }

  #route(): OpenTransport {
    if (this.#around.transport === 'channel')
      return (tabId) => openBroadcastTransport(tabId, hubChannel(''));
    return openSharedWorkerTransport(() => ({ port: this.#servedPort(), onerror: null }));
  }

  #servedPort(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.#serve(port2);
    this.#cleanUps.push(() => port1.close());
    return port1;
  }

  #servedChannel(): BroadcastChannel {
    const connectionId = crypto.randomUUID();
    const calls = new BroadcastChannel(callChannel(connectionId));
    const door = new BroadcastChannel(hubChannel(''));
    door.postMessage({ type: 'partyline-connect-request', connectionId });
    this.#cleanUps.push(() => door.close());
    return calls;
  }
}
