import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ConnectionEnd, GatewayAdapter } from '../../../src/protocol/gateway/adapter.ts';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../../src/protocol/gateway/events.ts';
import { genesysCloud } from '../../../src/protocol/genesys-cloud/index.ts';
import { genesysWebchat } from '../../../src/protocol/webchat/index.ts';
import { Sockets } from '../../../src/worker/edges/socket.ts';

/** A browser's socket whose other end the test plays. */
class TestSocket {
  static readonly OPEN = 1;
  static readonly made: TestSocket[] = [];
  readyState = 0;
  binaryType = '';
  readonly sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    TestSocket.made.push(this);
  }

  send(text: string): void {
    this.sent.push(text);
  }

  close(): void {
    this.readyState = 2;
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  hears(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  ends(): void {
    this.readyState = 3;
    this.onclose?.({ code: 1006 });
  }
}

/** What a dialect has beside the core, and what it hears. */
let heard: string[] = [];
let reported: string[] = [];
let asked: string[] = [];
let unwanted: GatewayCommand['type'] | null = null;

const extension = {
  shouldSend: ({ type }: GatewayCommand) => {
    asked.push(type);
    return type !== unwanted;
  },
  onEvent: (event: GatewayEvent) => {
    heard.push(event.type);
    return event.type === 'ping' ? null : event;
  },
  onConnectionClosed: () => void heard.push('closed'),
};

let isOriginRefused: (() => Promise<boolean>) | undefined;
let isInactive = false;

const webchat = genesysWebchat({ socketUrl: 'wss://gateway/', apiUrl: 'https://api' });

function lines(
  adapter: GatewayAdapter = webchat,
  token: () => string | null = () => 'token',
): Sockets {
  const events = {
    opened: (id: number) => void reported.push(`opened ${id}`),
    closed: (id: number, end: ConnectionEnd) =>
      void reported.push(end === 'network' ? `closed ${id}` : `closed ${id}: ${end}`),
    gateway: (id: number, event: GatewayEvent) => void reported.push(`${event.type} ${id}`),
  };
  return new Sockets(
    adapter,
    token,
    events,
    { note: () => {} },
    {
      ...extension,
      ...(isOriginRefused ? { isOriginRefused } : {}),
      isInactive: () => isInactive,
    },
  );
}

const socketAt = (index: number): TestSocket => {
  const socket = TestSocket.made[index];
  if (!socket) throw new Error(`no socket ${index}`);
  return socket;
};

beforeEach(() => {
  TestSocket.made.length = 0;
  heard = [];
  reported = [];
  asked = [];
  unwanted = null;
  isOriginRefused = undefined;
  isInactive = false;
  vi.stubGlobal('WebSocket', TestSocket);
});

afterEach(() => {
  vi.unstubAllGlobals();
});

describe('what a dialect has beside the core', () => {
  it('hears nothing on a connection that is being closed', () => {
    const sockets = lines();
    sockets.open(1);
    socketAt(0).opens();
    sockets.close(1);
    heard = [];
    socketAt(0).hears({ type: 'pong' });
    expect(heard).toEqual([]);
    socketAt(0).ends();
    expect(reported.at(-1)).toBe('closed 1');
  });

  it('reads only the newest connection, and handles its own events', () => {
    const sockets = lines();
    sockets.open(1);
    socketAt(0).opens();
    sockets.open(2);
    socketAt(1).opens();
    expect(heard).toEqual(['closed', 'closed']);
    for (const index of [0, 1]) {
      socketAt(index).hears({ type: 'pong' });
      socketAt(index).hears({ type: 'ping', payload: 1 });
    }
    expect(heard.slice(2)).toEqual(['pong', 'ping']);
    // The core judges those of the previous connection.
    expect(reported).toEqual(['opened 1', 'opened 2', 'pong 1', 'ping 1', 'pong 2']);
  });

  it('forgets when the newest connection ends, not when an earlier one does', () => {
    const sockets = lines();
    sockets.open(1);
    sockets.open(2);
    heard = [];
    socketAt(0).ends();
    expect(heard).toEqual([]);
    socketAt(1).ends();
    expect(heard).toEqual(['closed']);
    expect(reported).toEqual(['closed 1', 'closed 2']);
  });

  it.each([
    [true, 'closed 1: origin-refused'],
    [false, 'closed 1'],
  ])('is asked after a failed handshake whether the site is refused: %s', async (answer, end) => {
    isOriginRefused = vi.fn(async () => answer);
    const sockets = lines();
    sockets.open(1);
    socketAt(0).ends();
    await vi.waitFor(() => expect(reported).toEqual([end]));
    expect(isOriginRefused).toHaveBeenCalledTimes(1);
    // Not for a connection that was open.
    sockets.open(2);
    socketAt(1).opens();
    socketAt(1).ends();
    expect(reported.slice(1)).toEqual(['opened 2', 'closed 2']);
    expect(isOriginRefused).toHaveBeenCalledTimes(1);
  });

  it('tells after a failed handshake that the deployment is switched off', async () => {
    isOriginRefused = async () => false;
    isInactive = true;
    const sockets = lines();
    sockets.open(1);
    socketAt(0).ends();
    await vi.waitFor(() => expect(reported).toEqual(['closed 1: inactive']));
  });

  it('says what is not to leave', () => {
    const sockets = lines();
    sockets.open(1);
    socketAt(0).opens();
    unwanted = 'ping';
    sockets.send(1, { type: 'ping' });
    sockets.send(1, { type: 'answer-ping', payload: 1 });
    expect(socketAt(0).sent).toEqual(['{"type":"pong","payload":1}']);
  });
});

describe('sending on the current connection', () => {
  it('leaves on the newest, and says when there is none', () => {
    const sockets = lines();
    expect(sockets.sendOnNewest({ type: 'ping' })).toBe(false);
    sockets.open(1);
    expect(sockets.sendOnNewest({ type: 'ping' })).toBe(false);
    socketAt(0).opens();
    expect(sockets.sendOnNewest({ type: 'ping' })).toBe(true);
    sockets.open(2);
    expect(sockets.sendOnNewest({ type: 'ping' })).toBe(false);
    socketAt(1).opens();
    expect(sockets.sendOnNewest({ type: 'ping' })).toBe(true);
    socketAt(1).ends();
    expect(sockets.sendOnNewest({ type: 'ping' })).toBe(false);
    expect([socketAt(0).sent.length, socketAt(1).sent.length]).toEqual([1, 1]);
  });

  it('says that it was not sent, if it was not to leave', () => {
    const sockets = lines();
    sockets.open(1);
    socketAt(0).opens();
    unwanted = 'ping';
    expect(sockets.sendOnNewest({ type: 'ping' })).toBe(false);
    expect(socketAt(0).sent).toEqual([]);
  });
});

describe('a token that was forgotten while its line is open', () => {
  const clear = { type: 'clear-conversation' } as const;

  it('keeps back what would bear it, which counts as not sent', () => {
    let token: string | null = 'secret';
    const sockets = lines(genesysCloud({ deploymentId: 'd', region: 'eu-west-1' }), () => token);
    sockets.open(1);
    socketAt(0).opens();
    expect(sockets.sendOnNewest(clear)).toBe(true);
    expect(socketAt(0).sent).toHaveLength(1);
    expect(asked).toEqual(['clear-conversation']);
    token = null;
    expect(sockets.sendOnNewest(clear)).toBe(false);
    sockets.send(1, { type: 'ping' });
    sockets.send(1, { type: 'end-conversation' });
    expect(socketAt(0).sent).toHaveLength(1);
    // What has not left has no answer, and no share of the limit.
    expect(asked).toEqual(['clear-conversation']);
    expect(socketAt(0).readyState).toBe(1);
  });

  it('keeps nothing back that goes without it', () => {
    const sockets = lines(webchat, () => null);
    sockets.open(1);
    socketAt(0).opens();
    sockets.send(1, { type: 'ping' });
    expect(socketAt(0).sent).toEqual(['{"type":"ping"}']);
    // Nobody can sign in without one: the next try has another.
    sockets.send(1, { type: 'authenticate' });
    expect(socketAt(0).sent).toHaveLength(1);
    expect(socketAt(0).readyState).toBe(2);
  });
});
