import type { CloseMeaning, ConnectionEnd } from '../../src/protocol/gateway/adapter.ts';
import type { GatewayCommand } from '../../src/protocol/gateway/commands.ts';
import { type EdgeCase, numbers } from './edge-case.ts';

/** What the core hears of its lines, in order. */
export type LineWord =
  | readonly ['opened', number]
  | readonly ['event', number, string]
  | readonly ['closed', number, ConnectionEnd];

/** The gateway's end of one line. */
export interface LineServer {
  /** What has come, in order: `ping`, or `pong` with its payload. */
  received(): Promise<readonly string[]>;
  /** Tells a ping with this payload. */
  push(payload: number): Promise<void>;
  /** Closes the line in order. */
  hangUp(meaning: CloseMeaning): Promise<void>;
  /** Is gone from one moment to the next, and the network says so. */
  vanish(): Promise<void>;
  isOver(): Promise<boolean>;
}

export interface OpenLine {
  /** Whether somebody is there to accept it. @default true */
  readonly isReachable?: boolean;
  /** In the same moment, before it can be open. */
  readonly atOnce?: 'send' | 'close';
}

export interface LineBench {
  open(socketId: number, how?: OpenLine): Promise<void>;
  send(socketId: number, command: GatewayCommand): Promise<void>;
  close(socketId: number): Promise<void>;
  /** The gateway's end of the line that was opened last. */
  accepted(): Promise<LineServer>;
  told(): Promise<readonly LineWord[]>;
  /** Resolves once that many events were reported, and no more are pending. */
  settled(words?: number): Promise<void>;
}

const ping: GatewayCommand = { type: 'ping' };
const pong = (payload: number): GatewayCommand => ({ type: 'answer-ping', payload });
const meanings: readonly CloseMeaning[] = [
  'network',
  'token',
  'too-many-connections',
  'client-bug',
];

/** What holds for every line to a gateway, a model of one included. */
export const lineCases: readonly EdgeCase<LineBench>[] = [
  {
    name: 'a line is opened once, then tells what comes in its order',
    async run(bench, expect) {
      await bench.open(1);
      const server = await bench.accepted();
      await bench.settled(1);
      for (const payload of numbers(1, 30)) await server.push(payload);
      await bench.settled(31);
      expect.equal(await bench.told(), [
        ['opened', 1],
        ...numbers(1, 30).map((payload) => ['event', 1, `ping ${payload}`]),
      ]);
      expect.equal(await server.isOver(), false);
    },
  },
  {
    name: 'what is sent arrives in its order',
    async run(bench, expect) {
      await bench.open(1);
      const server = await bench.accepted();
      await bench.settled(1);
      for (const payload of numbers(1, 30)) await bench.send(1, pong(payload));
      await bench.send(1, ping);
      await bench.settled();
      expect.equal(await server.received(), [
        ...numbers(1, 30).map((payload) => `pong ${payload}`),
        'ping',
      ]);
    },
  },
  {
    name: 'what is sent before a line is open, after it is closed, or on none, goes nowhere',
    async run(bench, expect) {
      await bench.send(1, ping);
      await bench.open(1, { atOnce: 'send' });
      const server = await bench.accepted();
      await bench.settled(1);
      await bench.send(2, ping);
      await bench.send(1, pong(1));
      await bench.close(1);
      await bench.send(1, ping);
      await bench.settled(2);
      await bench.send(1, ping);
      await bench.settled();
      expect.equal(await server.received(), ['pong 1']);
      expect.equal(await bench.told(), [
        ['opened', 1],
        ['closed', 1, 'network'],
      ]);
    },
  },
  {
    name: 'a line that the gateway closes says once what that means, and nothing more',
    async run(bench, expect) {
      for (const [index, meaning] of meanings.entries()) {
        const socketId = index + 1;
        await bench.open(socketId);
        const server = await bench.accepted();
        await bench.settled(3 * index + 1);
        await server.push(7);
        await server.hangUp(meaning);
        await bench.settled(3 * index + 3);
        await bench.close(socketId);
        await bench.send(socketId, ping);
        await bench.settled();
        expect.equal(
          (await bench.told()).slice(3 * index),
          [
            ['opened', socketId],
            ['event', socketId, 'ping 7'],
            ['closed', socketId, meaning],
          ],
          meaning,
        );
        expect.equal(await server.received(), []);
      }
    },
  },
  {
    name: 'a line that vanishes is closed as the network’s',
    async run(bench, expect) {
      await bench.open(1);
      const server = await bench.accepted();
      await bench.settled(1);
      await server.vanish();
      await bench.settled(2);
      expect.equal(await bench.told(), [
        ['opened', 1],
        ['closed', 1, 'network'],
      ]);
    },
  },
  {
    name: 'a line that nobody accepts is closed without having been opened',
    async run(bench, expect) {
      await bench.open(1, { isReachable: false });
      await bench.settled(1);
      await bench.settled();
      expect.equal(await bench.told(), [['closed', 1, 'network']]);
    },
  },
  {
    name: 'a line that we close is closed at both ends, once',
    async run(bench, expect) {
      await bench.open(1);
      const server = await bench.accepted();
      await bench.settled(1);
      await bench.close(1);
      await bench.close(1);
      await bench.settled(2);
      await bench.close(1);
      await bench.settled();
      expect.equal(await bench.told(), [
        ['opened', 1],
        ['closed', 1, 'network'],
      ]);
      expect.equal(await server.isOver(), true);
    },
  },
  {
    name: 'lines have nothing to do with each other',
    async run(bench, expect) {
      await bench.open(1);
      const one = await bench.accepted();
      await bench.settled(1);
      await bench.open(2);
      const two = await bench.accepted();
      await bench.settled(2);
      await bench.send(1, pong(1));
      await bench.send(2, pong(2));
      await two.push(2);
      await bench.settled(3);
      await bench.close(1);
      await bench.settled(4);
      await bench.send(2, pong(3));
      await bench.settled();
      expect.equal(await bench.told(), [
        ['opened', 1],
        ['opened', 2],
        ['event', 2, 'ping 2'],
        ['closed', 1, 'network'],
      ]);
      expect.equal(await one.received(), ['pong 1']);
      expect.equal(await two.received(), ['pong 2', 'pong 3']);
      expect.equal([await one.isOver(), await two.isOver()], [true, false]);
    },
  },
];

/** Where the line is a real one, with frames and codes. */
export interface SocketBench extends LineBench {
  /** Sends a frame as it is. */
  pushRaw(data: string | Uint8Array): Promise<void>;
  /** Closes with this code; `null`: with none. */
  closeWith(code: number | null): Promise<void>;
  /** All that has come, as it came. */
  frames(): Promise<readonly string[]>;
  /** With what the other side has closed the line; `null`: it has not. */
  closedWith(): Promise<number | null>;
  notes(): Promise<readonly string[]>;
  setToken(token: string | null): Promise<void>;
}

/** wire-protocol: every code that has a meaning, and those beside it. */
const codes: readonly (readonly [code: number | null, meaning: CloseMeaning])[] = [
  [null, 'network'],
  [1000, 'network'],
  [1001, 'network'],
  [1002, 'network'],
  [1003, 'network'],
  [1007, 'network'],
  [1008, 'client-bug'],
  [1009, 'client-bug'],
  [1010, 'network'],
  [1011, 'network'],
  [1012, 'network'],
  [1013, 'network'],
  [1014, 'network'],
  [3000, 'network'],
  [4000, 'network'],
  [4001, 'token'],
  [4002, 'network'],
  [4003, 'client-bug'],
  [4004, 'network'],
  [4007, 'network'],
  [4008, 'network'],
  [4009, 'network'],
  [4028, 'network'],
  [4029, 'too-many-connections'],
  [4030, 'network'],
  [4999, 'network'],
];

const limit = 64 * 1024;
const frameOf = (padding: string) => `{"type":"pong","and":"${padding}"}`;
const around = frameOf('').length;

export const socketCases: readonly EdgeCase<SocketBench>[] = [
  {
    name: 'each close code has its meaning, and those beside it have none',
    async run(bench, expect) {
      const expected: LineWord[] = [];
      for (const [index, [code, meaning]] of codes.entries()) {
        await bench.open(index);
        await bench.accepted();
        await bench.settled(2 * index + 1);
        await bench.closeWith(code);
        await bench.settled(2 * index + 2);
        expected.push(['opened', index], ['closed', index, meaning]);
      }
      expect.equal(await bench.told(), expected);
    },
  },
  {
    name: 'a frame of 64 KiB is read; one of a byte more is not, however few its letters, and the line stays',
    async run(bench, expect) {
      await bench.open(1);
      await bench.accepted();
      await bench.settled(1);
      const tooLarge = 'invalid: Frame exceeds 64 KiB.';
      const frames: readonly (readonly [string, string])[] = [
        [frameOf('x'.repeat(limit - around)), 'pong'],
        [frameOf('x'.repeat(limit - around + 1)), tooLarge],
        // Two bytes each, three, and a pair of code units that has four.
        [frameOf('é'.repeat((limit - around) / 2 - 1)), 'pong'],
        [frameOf('é'.repeat((limit - around) / 2 + 1)), tooLarge],
        [frameOf('€'.repeat(Math.floor((limit - around) / 3))), 'pong'],
        [frameOf('€'.repeat(Math.floor((limit - around) / 3) + 1)), tooLarge],
        [frameOf('🎉'.repeat(Math.floor((limit - around) / 4))), 'pong'],
        [frameOf('🎉'.repeat(Math.floor((limit - around) / 4) + 1)), tooLarge],
        [frameOf('x'.repeat(10 * limit)), tooLarge],
        [frameOf(''), 'pong'],
      ];
      for (const [index, [frame, event]] of frames.entries()) {
        await bench.pushRaw(frame);
        await bench.settled(index + 2);
        expect.equal((await bench.told()).at(-1), ['event', 1, event], String(index));
      }
    },
  },
  {
    name: 'what is no frame is counted as such, what nobody knows is passed over, and the line stays',
    async run(bench, expect) {
      await bench.open(1);
      const server = await bench.accepted();
      await bench.settled(1);
      for (const text of ['', 'nonsense', '{', '[]', 'null', '7', '"ping"', '{"type":7}', '{}']) {
        await bench.pushRaw(text);
      }
      await bench.settled(10);
      const reported = await bench.told();
      expect.equal(
        reported.slice(1).map(([word, , event]) => [word, event?.startsWith('invalid')]),
        numbers(1, 9).map(() => ['event', true]),
      );
      await bench.pushRaw('{"type":"from-the-future","and":1}');
      await server.push(1);
      await bench.settled(11);
      expect.equal((await bench.told()).slice(10), [['event', 1, 'ping 1']]);
      expect.equal(await server.isOver(), false);
    },
  },
  {
    name: 'a binary frame is logged and dropped',
    async run(bench, expect) {
      await bench.open(1);
      const server = await bench.accepted();
      await bench.settled(1);
      await bench.pushRaw(new TextEncoder().encode('{"type":"pong"}'));
      await server.push(1);
      await bench.settled(2);
      expect.equal(await bench.told(), [
        ['opened', 1],
        ['event', 1, 'ping 1'],
      ]);
      expect.equal(await bench.notes(), ['invalid: Binary frame dropped']);
    },
  },
  {
    name: 'the token is in the frame that authenticates, and without one the line is closed',
    async run(bench, expect) {
      await bench.setToken('token "of" ada');
      await bench.open(1);
      await bench.accepted();
      await bench.settled(1);
      await bench.send(1, { type: 'authenticate' });
      await bench.send(1, ping);
      await bench.settled();
      expect.equal(await bench.frames(), [
        JSON.stringify({ type: 'auth', token: 'token "of" ada' }),
        '{"type":"ping"}',
      ]);
      await bench.setToken(null);
      // It is authenticated already: a token that ran out is no reason to close it.
      await bench.send(1, ping);
      await bench.settled();
      expect.equal((await bench.frames()).length, 3);
      await bench.send(1, { type: 'authenticate' });
      await bench.settled(2);
      expect.equal(await bench.told(), [
        ['opened', 1],
        ['closed', 1, 'network'],
      ]);
      expect.equal((await bench.frames()).length, 3);
      expect.equal(await bench.closedWith(), 1000);
      expect.equal(await bench.notes(), []);
    },
  },
  {
    name: 'a line that we close before it is open is not told as opened',
    async run(bench, expect) {
      await bench.open(1, { atOnce: 'close' });
      await bench.settled(1);
      await bench.settled();
      expect.equal(await bench.told(), [['closed', 1, 'network']]);
    },
  },
];
