import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HubConnection } from '../../../src/client/connection/hub-connection.ts';
import type { Transport } from '../../../src/client/connection/transport.ts';
import { protocolVersion } from '../../../src/protocol/version.ts';
import { FakeLocks } from './fake-locks.ts';

/** An endpoint whose other side is the test. */
class TestEnd extends EventTarget {
  readonly posted: unknown[] = [];
  isClosed = false;
  onmessage: ((event: MessageEvent<unknown>) => void) | null = null;

  postMessage(message: unknown): void {
    // As a BroadcastChannel does.
    if (this.isClosed) throw new DOMException('closed', 'InvalidStateError');
    this.posted.push(message);
  }

  hears(data: unknown): void {
    const event = new MessageEvent('message', { data });
    this.onmessage?.(event);
    this.dispatchEvent(event);
  }
}

const hello = (part: object = {}) => ({
  type: 'partyline-hello',
  epoch: 'boot.0',
  protocolVersion,
  build: '1',
  name: '',
  ...part,
});

const head = { type: 'head', epoch: 'boot.0', revision: 1 } as const;
const session = { conversationId: 'c', visitor: 'ada', resetCount: 2 };

let locks = new FakeLocks();
let reported: unknown[] = [];
let calls = new TestEnd();
let stream = new TestEnd();
let fail: (reason: string) => void = () => {};
let dies: () => void = () => {};

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  locks = new FakeLocks();
  vi.stubGlobal('navigator', { locks });
  vi.stubGlobal('document', { visibilityState: 'visible' });
  reported = [];
  calls = new TestEnd();
  stream = new TestEnd();
  void locks.request(
    'partyline-alive-boot',
    () =>
      new Promise<void>((resolve) => {
        dies = resolve;
      }),
  );
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

function createTransport(hubStream: MessagePort | null): Transport {
  return {
    calls,
    stream,
    hubStream,
    close: () => {
      calls.isClosed = true;
      stream.isClosed = true;
    },
  };
}

/** Holds the lock of the next tab that connects. Returns a function that releases it. */
function holdNextTabLock(): () => void {
  const tabId = '00000000-0000-4000-8000-000000000001';
  vi.spyOn(crypto, 'randomUUID').mockReturnValue(tabId);
  let letGo = () => {};
  void locks.request(
    `partyline-tab-${tabId}`,
    () =>
      new Promise<void>((resolve) => {
        letGo = resolve;
      }),
  );
  return () => letGo();
}

function connect(
  hubStream: MessagePort | null = null,
  helloTimeout = 1_000,
  open: () => Transport | Promise<Transport> = () => createTransport(hubStream),
): HubConnection {
  return new HubConnection(
    (_tabId, onError) => {
      fail = onError;
      return open();
    },
    '',
    session,
    helloTimeout,
    {
      stream: ({ type }) => reported.push(type),
      lost: (reason) => reported.push(`lost: ${reason}`),
      redirected: (address) => reported.push({ redirected: address }),
      incompatible: (version) => reported.push(version),
      helloTimedOut: () => reported.push('helloTimedOut'),
    },
  );
}

const passes = (duration: number) => vi.advanceTimersByTimeAsync(duration);

/** A connection whose hub has said hello and sent a message. */
async function attached(): Promise<HubConnection> {
  const connection = connect();
  await passes(0);
  calls.hears(hello());
  stream.hears(head);
  await passes(0);
  return connection;
}

describe('HubConnection', () => {
  it('attaches with the remembered session once it holds its lock and has received the hello', async () => {
    connect();
    await passes(0);
    expect(calls.posted).toEqual([]);
    calls.hears(hello());
    const attach = { protocolVersion, visible: true, ...session, tabId: expect.any(String) };
    expect(calls.posted).toEqual([{ type: 'partyline-attach', attach, stream: null }]);
  });

  it('does not wait for the hello where a port queues messages', async () => {
    const { port1, port2 } = new MessageChannel();
    connect(port2);
    await passes(0);
    expect(calls.posted).toHaveLength(1);
    calls.hears(hello());
    expect(calls.posted).toHaveLength(1);
    port1.close();
  });

  it('waits for its lock even after the hello', async () => {
    const letGo = holdNextTabLock();
    const connection = connect();
    await passes(0);
    expect(connection.hasReceivedHello).toBe(false);
    calls.hears(hello());
    await passes(0);
    expect(connection.hasReceivedHello).toBe(true);
    expect(calls.posted).toEqual([]);
    letGo();
    await passes(0);
    expect(calls.posted).toMatchObject([{ type: 'partyline-attach' }]);
  });

  it('is lost when the transport can’t be opened', async () => {
    connect(null, 1_000, () => Promise.reject(new Error('no worker')));
    await passes(60_000);
    expect(reported).toEqual(['lost: Error: no worker']);
  });

  it('releases its lock if it is closed while waiting for it, and sends nothing', async () => {
    const letGo = holdNextTabLock();
    const connection = connect();
    await passes(0);
    connection.close();
    letGo();
    await passes(60_000);
    expect(locks.names).toEqual(['partyline-alive-boot']);
    expect(calls.posted).toEqual([]);
    expect(reported).toEqual([]);
  });

  it('reports a hello timeout once', async () => {
    connect();
    await passes(999);
    expect(reported).toEqual([]);
    await passes(1);
    expect(reported).toEqual(['helloTimedOut']);
    calls.hears(hello());
    await passes(60_000);
    expect(reported).toEqual(['helloTimedOut']);
    expect(locks.count('partyline-alive-boot')).toBe(1);
  });

  it('is lost when no snapshot follows the hello within 15 s', async () => {
    connect();
    await passes(0);
    calls.hears(hello());
    await passes(14_999);
    expect(reported).toEqual([]);
    await passes(1);
    expect(reported).toEqual(['lost: the hub is not responding']);
  });

  it('is lost when the hub stops, and not before', async () => {
    await attached();
    await passes(3_600_000);
    expect(reported).toEqual(['head']);
    dies();
    await passes(0);
    expect(reported).toEqual(['head', 'lost: the hub stopped']);
  });

  it('is lost when another hub says hello on the same port; a repeated hello is ignored', async () => {
    await attached();
    calls.hears(hello());
    calls.hears(hello({ epoch: 'boot.3' }));
    expect(reported).toEqual(['head']);
    calls.hears(hello({ epoch: 'other.0' }));
    stream.hears(head);
    expect(reported).toEqual(['head', 'lost: the hub restarted']);
  });

  it.each([
    [protocolVersion - 1, true],
    [protocolVersion + 1, false],
  ])('ends when the hub speaks protocol version %i', async (version, isOlder) => {
    connect();
    await passes(0);
    calls.hears(hello({ protocolVersion: version }));
    await passes(60_000);
    expect(reported).toEqual([{ build: '1', isOlder, name: '' }]);
    expect(calls.posted).toEqual([]);
  });

  it('ends when the hub has another name', async () => {
    connect();
    await passes(0);
    calls.hears(hello({ name: 'de' }));
    await passes(60_000);
    expect(reported).toEqual([{ build: '1', isOlder: false, name: 'de' }]);
    expect(calls.posted).toEqual([]);
  });

  it.each([{ url: 'https://site/hub.js', name: 'n' }, null])(
    'reports a redirect to %j',
    async (address) => {
      await attached();
      calls.hears({ type: 'partyline-redirect', address });
      await passes(60_000);
      expect(reported).toEqual(['head', { redirected: address }]);
    },
  );

  it('is lost when the worker script fails', async () => {
    connect();
    await passes(0);
    fail('no script');
    await passes(60_000);
    expect(reported).toEqual(['lost: no script']);
  });

  it('ignores invalid messages on both endpoints', async () => {
    await attached();
    for (const data of [null, 7, {}, { type: 'head' }, { ...head, revision: Number.NaN }]) {
      stream.hears(data);
      calls.hears(data);
    }
    calls.hears({ type: 'partyline-redirect', address: { url: 7, name: 'n' } });
    calls.hears(hello({ epoch: 7 }));
    stream.hears(head);
    expect(reported).toEqual(['head', 'head']);
  });
});

describe('HubConnection.close', () => {
  it('sends “bye”, releases its lock, and ends all timers and events', async () => {
    const connection = await attached();
    const [attach] = calls.posted;
    const tabId: unknown = Object(attach).attach.tabId;
    expect(locks.count(`partyline-tab-${tabId}`)).toBe(1);
    expect(locks.count('partyline-alive-boot')).toBe(2);
    connection.close();
    connection.close();
    await passes(0);
    expect(stream.posted).toEqual([{ type: 'bye' }]);
    expect(calls.isClosed).toBe(true);
    expect(locks.count(`partyline-tab-${tabId}`)).toBe(0);
    expect(locks.count('partyline-alive-boot')).toBe(1);
    calls.hears(hello({ epoch: 'other.0' }));
    stream.hears(head);
    connection.post({ type: 'pull' });
    dies();
    await passes(60_000);
    expect(reported).toEqual(['head']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(['before the hello', 'after the hello'])('leaves no timer %s', async (which) => {
    const connection = connect();
    await passes(0);
    if (which.startsWith('after')) calls.hears(hello());
    connection.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('closes a transport that opens later', async () => {
    let opens: (transport: Transport) => void = () => {};
    const connection = connect(null, 1_000, () => new Promise((resolve) => (opens = resolve)));
    connection.close();
    opens(createTransport(null));
    await passes(0);
    expect([calls.isClosed, stream.isClosed]).toEqual([true, true]);
    expect(calls.onmessage).toBeNull();
    await passes(60_000);
    expect(reported).toEqual([]);
    expect(locks.names).toEqual(['partyline-alive-boot']);
  });

  it('releases a lock that is granted later', async () => {
    const connection = connect();
    connection.close();
    await passes(60_000);
    expect(reported).toEqual([]);
    expect(calls.posted).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('HubConnection.call', () => {
  it('sends the epoch of the last snapshot or of the hello', async () => {
    const connection = await attached();
    await import('../../../src/client/calls/hub-calls.ts');
    void connection.call({ type: 'end' });
    await passes(0);
    expect(calls.posted.at(-1)).toMatchObject({
      path: ['call'],
      argumentList: [{ value: { type: 'end' } }, { value: 'boot.0' }],
    });
  });

  it('tells the age of a draft that waited for Comlink, and of no other', async () => {
    const connection = connect();
    await passes(0);
    calls.hears(hello());
    const draft = { type: 'draft', text: 'hi' } as const;
    void connection.call(draft);
    vi.advanceTimersByTime(300);
    await import('../../../src/client/calls/hub-calls.ts');
    await passes(0);
    expect(calls.posted.at(-1)).toMatchObject({
      argumentList: [{ value: { ...draft, age: 300 } }, {}],
    });
    void connection.call(draft);
    vi.advanceTimersByTime(300);
    await passes(0);
    expect(calls.posted.at(-1)).toMatchObject({ argumentList: [{ value: draft }, {}] });
    expect(calls.posted.at(-1)).not.toHaveProperty('argumentList.0.value.age');
  });

  it('does not send the epoch of a head message', async () => {
    const connection = await attached();
    await import('../../../src/client/calls/hub-calls.ts');
    stream.hears({ ...head, epoch: 'boot.1' });
    void connection.call({ type: 'end' });
    await passes(0);
    expect(calls.posted.at(-1)).toMatchObject({ argumentList: [{}, { value: 'boot.0' }] });
  });

  it.each([
    ['resolves', { ok: true, epoch: 'boot.0', value: 7 }, 'answered'],
    ['rejects', { ok: 'yes' }, 'TypeError'],
  ])('%s with the hub’s answer, if it is valid', async (_, value, expected) => {
    const connection = await attached();
    await import('../../../src/client/calls/hub-calls.ts');
    const outcome = connection.call({ type: 'end' }).then(
      () => 'answered',
      ({ name }) => name,
    );
    await passes(0);
    calls.hears({ id: Object(calls.posted.at(-1)).id, type: 'RAW', value });
    expect(await outcome).toBe(expected);
  });

  it('never settles and sends nothing if the connection ends while Comlink loads', async () => {
    const connection = await attached();
    let outcome: unknown = 'none';
    connection.call({ type: 'end' }).then(
      () => {
        outcome = 'answered';
      },
      (error: unknown) => {
        outcome = error;
      },
    );
    const { length } = calls.posted;
    connection.close();
    await passes(1_000);
    expect(outcome).toBe('none');
    expect(calls.posted).toHaveLength(length);
  });
});

describe('HubConnection.probe', () => {
  it('loses a hub that does not answer within 2 s, however old the page is', async () => {
    const connection = await attached();
    await passes(60_000);
    await import('../../../src/client/calls/hub-calls.ts');
    connection.probe();
    connection.probe();
    await passes(1_999);
    expect(reported).toEqual(['head']);
    expect(calls.posted.slice(1)).toMatchObject([{ path: ['ping'] }]);
    await passes(1);
    expect(reported).toEqual(['head', 'lost: the hub did not answer a ping']);
  });

  it('keeps a hub that answers', async () => {
    const connection = await attached();
    await import('../../../src/client/calls/hub-calls.ts');
    connection.probe();
    await passes(0);
    const { id } = Object(calls.posted.at(-1));
    calls.hears({ id, type: 'RAW', value: undefined });
    await passes(60_000);
    expect(reported).toEqual(['head']);
    connection.probe();
    await passes(0);
    expect(calls.posted.slice(1)).toHaveLength(2);
  });

  it('keeps a hub when the timer fires late because the page slept', async () => {
    const connection = await attached();
    await import('../../../src/client/calls/hub-calls.ts');
    connection.probe();
    await passes(0);
    const now = performance.now();
    vi.spyOn(performance, 'now').mockImplementation(() => now + 4_000);
    await passes(2_000);
    expect(reported).toEqual(['head']);
  });
});
