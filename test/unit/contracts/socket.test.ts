import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { CloseMeaning } from '../../../src/protocol/gateway/adapter.ts';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { EdgeExpect } from '../../contracts/edge-case.ts';
import {
  type LineBench,
  type LineServer,
  type LineWord,
  lineCases,
  type OpenLine,
  type SocketBench,
  socketCases,
} from '../../contracts/socket.ts';
import { SocketClient, wordOf } from '../../contracts/socket-client.ts';
import { SocketServer } from '../../contracts/socket-server.ts';
import type { ClientFrame, ServerEnd } from '../../simulation/model/session.ts';
import { ModelSocket } from '../../simulation/model/socket.ts';
import { calmContext } from './calm-context.ts';

const expectations: EdgeExpect = {
  equal: (actual, expected, what) => expect(actual, what).toEqual(expected),
};

/** Node's own comes with a later version. Without a listener an error is nobody's, as in a browser. */
class NodeSocket extends WebSocket {
  constructor(url: string) {
    super(url);
    this.on('error', () => {});
  }
}

/** The real edge against a real server. */
class RealSocketBench implements SocketBench {
  readonly #server: SocketServer;
  readonly #client: SocketClient;

  constructor(server: SocketServer) {
    this.#server = server;
    this.#client = new SocketClient(server.url);
  }

  open = async (socketId: number, how?: OpenLine) => this.#client.open(socketId, how);
  send = async (socketId: number, command: GatewayCommand) => this.#client.send(socketId, command);
  close = async (socketId: number) => this.#client.close(socketId);
  accepted = () => this.#server.accept();
  told = async () => this.#client.told;
  notes = async () => this.#client.notes;
  frames = async () => this.#server.last.frames;
  closedWith = async () => this.#server.last.closedWith;
  setToken = async (token: string | null) => {
    this.#client.token = token;
  };

  pushRaw = async (data: string | Uint8Array) => this.#server.last.socket.send(data);

  closeWith = async (code: number | null) => {
    if (code === null) this.#server.last.socket.close();
    else this.#server.last.socket.close(code);
  };

  async settled(words = 0): Promise<void> {
    await expect
      .poll(() => this.#client.told.length, { interval: 2 })
      .toBeGreaterThanOrEqual(words);
    for (let turn = 0; turn < 40; turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

describe('a real socket', () => {
  let server: SocketServer;

  beforeEach(async () => {
    vi.stubGlobal('WebSocket', NodeSocket);
    server = await SocketServer.start();
  });

  afterEach(() => {
    server.close();
    vi.unstubAllGlobals();
  });

  it.each(lineCases)('$name', ({ run }) => run(new RealSocketBench(server), expectations));
  it.each(socketCases)('$name', ({ run }) => run(new RealSocketBench(server), expectations));
});

/** The gateway's end of a model line: it notes what comes. */
class NotedEnd implements ServerEnd {
  readonly phase = 'authenticated';
  isOver = false;
  readonly frames: string[] = [];

  take({ command }: ClientFrame): void {
    const payload = command.type === 'answer-ping' ? ` ${command.payload}` : '';
    if (!this.isOver) this.frames.push(payload === '' ? command.type : `pong${payload}`);
  }

  end(): void {
    this.isOver = true;
  }

  restart(): void {}
}

/** Lines as the simulation's hubs have them. */
class ModelLineBench implements LineBench {
  readonly #told: LineWord[] = [];
  readonly #lines = new Map<number, ModelSocket>();
  readonly #ends: LineServer[] = [];
  readonly #calm = calmContext();

  async open(socketId: number, { isReachable = true, atOnce }: OpenLine = {}): Promise<void> {
    const { context, machine } = this.#calm;
    const line = new ModelSocket(context, machine, `line ${socketId}`, {
      opened: () => this.#told.push(['opened', socketId]),
      event: (event) => this.#told.push(['event', socketId, wordOf(event)]),
      closed: (meaning) => this.#told.push(['closed', socketId, meaning]),
    });
    this.#lines.set(socketId, line);
    line.connect(
      () => isReachable,
      () => {
        const end = new NotedEnd();
        this.#ends.push({
          received: async () => end.frames,
          push: async (payload) => line.push({ type: 'ping', payload }),
          hangUp: async (meaning: CloseMeaning) => line.hangUp(meaning),
          vanish: async () => line.cut('both'),
          isOver: async () => end.isOver,
        });
        return end;
      },
    );
    if (atOnce === 'send') await this.send(socketId, { type: 'ping' });
    if (atOnce === 'close') await this.close(socketId);
  }

  async send(socketId: number, command: GatewayCommand): Promise<void> {
    this.#lines.get(socketId)?.send({ command, token: null });
  }

  async close(socketId: number): Promise<void> {
    this.#lines.get(socketId)?.close();
  }

  async accepted(): Promise<LineServer> {
    await this.settled();
    const end = this.#ends.shift();
    if (!end) throw new Error('nobody has come');
    return end;
  }

  told = async () => this.#told;

  async settled(): Promise<void> {
    const { scheduler } = this.#calm.context;
    await scheduler.runUntil(scheduler.now + 70_000);
  }
}

describe('the simulation’s socket', () => {
  it.each(lineCases)('$name', ({ run }) => run(new ModelLineBench(), expectations));
});
