import fc from 'fast-check';
import { streamMessageSchema } from '../../src/protocol/port.ts';
import { genesysWebchat } from '../../src/protocol/webchat/index.ts';
import { TestHub } from '../unit/core/harness.ts';
import { type Beside, beside, hostileFrame } from './frames.ts';

const adapter = genesysWebchat({ socketUrl: 'wss://gateway/webchat', apiUrl: 'https://api' });

const limits = { page: 10, window: 30, reorderBuffer: 20, outbox: 10 } as const;

/** Of every frame of a run together: what the state may weigh beyond it is a leak. In characters. */
const heaviestState = 8_000_000;

const prototypes = [Object.prototype, Array.prototype, Function.prototype, String.prototype];
const untouched = prototypes.map((one) => Object.getOwnPropertyNames(one).join());

export interface FuzzOptions {
  readonly frames: number;
  readonly seed: number;
}

/** Frames a run at most; each run is a hub in a conversation, and what breaks is made smaller. */
const framesARun = 200;

/**
 * Decodes hostile frames and feeds them to the core. Throws with the smallest run that breaks a rule:
 * nothing crashes, no prototype is touched, nothing grows beyond its limit, and what goes to a tab is
 * of the shape that tabs accept.
 */
export function fuzzGateway({ frames, seed }: FuzzOptions): { readonly frames: number } {
  let count = 0;
  const run = fc.array(fc.oneof({ weight: 8, arbitrary: hostileFrame }, beside), {
    minLength: 1,
    maxLength: framesARun,
    size: 'max',
  });
  const property = fc.property(run, (steps) => {
    count += steps.filter((step) => typeof step === 'string').length;
    play(steps);
  });
  const numRuns = Math.ceil(frames / (framesARun * 0.44));
  fc.assert(property, { seed, numRuns });
  return { frames: count };
}

function play(steps: readonly (string | Beside)[]): void {
  const hub = new TestHub({ limits, routing: {} });
  hub.authenticated();
  hub.call({ type: 'start', routing: { skillGroups: ['A'] } });
  hub.pass(5_000);
  hub.gateway({
    type: 'conversation',
    conversation: { conversationId: 'conv-1', status: 'queued' },
  });
  hub.flush();
  let said = 0;
  for (const step of steps) {
    if (typeof step === 'string') for (const event of adapter.decode(step)) hub.gateway(event);
    else if (step.type === 'pass') hub.pass(step.by);
    else if (step.type === 'cut') reconnect(hub);
    else {
      said += 1;
      hub.call({ type: 'send', messageId: `own-${said}`, text: 'hello' });
    }
    hub.store();
    inspect(hub);
  }
}

/** The socket ends, and the next one is there, as far as the hub wants one. */
function reconnect(hub: TestHub): void {
  hub.cut().pass(31_000);
  if (hub.all('fetch-token').length > 0) hub.token();
  hub.open();
  hub.gateway({ type: 'authenticated', serverTime: hub.wall }).flush();
}

function inspect(hub: TestHub): void {
  const { state } = hub;
  const sizes: [string, number, number][] = [
    ['window', state.window.length, limits.window],
    ['held', state.conversation?.reorderBuffer.length ?? 0, limits.reorderBuffer],
    ['unsettled', state.conversation?.unsequencedBuffer.length ?? 0, limits.reorderBuffer],
    ['gaps', state.conversation?.gaps.length ?? 0, 100],
    ['previous conversations', state.previousConversations.length, 50],
    ['outbox', state.outbox.length, limits.outbox],
    ['requests', state.requests.length, 6],
    ['lingering', state.closingSockets.length, 2],
    ['lookups', state.lookups.length, 1],
    ['timers', Object.keys(state.timers).length, 30],
    ['state', JSON.stringify(state).length, heaviestState],
  ];
  for (const [name, size, limit] of sizes) {
    if (size > limit) throw new Error(`${name}: ${size}, and at most ${limit} may be`);
  }
  for (const { message } of hub.all('post')) {
    const parsed = streamMessageSchema.safeParse(message);
    if (!parsed.success) throw new Error(`no tab would take this: ${parsed.error.message}`);
  }
  for (const command of hub.sent()) {
    if (adapter.encode(command, 'token').some((text) => text.length > 65_536)) {
      throw new Error(`a ${command.type} that is over 64 KiB`);
    }
  }
  prototypes.forEach((one, index) => {
    if (Object.getOwnPropertyNames(one).join() !== untouched[index]) throw new Error('polluted');
  });
  if (Reflect.get({}, 'polluted') !== undefined) throw new Error('polluted');
  // What the next event is addressed to stays; the rest has been looked at.
  hub.effects = [...hub.all('open-socket').slice(-1), ...hub.all('fetch-token').slice(-1)];
}
