import { describe, expect, it } from 'vitest';
import type { Content } from '../../../src/protocol/content.ts';
import type { GatewayMessage } from '../../../src/protocol/gateway/messages.ts';
import type { Message } from '../../../src/protocol/message.ts';
import { react } from '../../../src/worker/core/consequences.ts';
import { StepContext } from '../../../src/worker/core/context.ts';
import type { OutboxItem, OutboxStage } from '../../../src/worker/core/outbox/state.ts';
import { rowOf } from '../../../src/worker/core/transcript/rows.ts';
import type { PaginationRequest } from '../../../src/worker/core/transcript/state.ts';
import {
  isKnown,
  isSame,
  matchOutgoing,
  newAliases,
} from '../../../src/worker/genesys-cloud/core/message-matching.ts';
import { agentSays, conversationId, echo, TestHub } from './harness.ts';
import { file } from './scenes.ts';

const minute = 60_000;
const noon = 1_700_000_000_000;

const said: GatewayMessage = { ...agentSays(null, 'hello'), messageId: 'live-1', timestamp: noon };

function rowFor(message: GatewayMessage): Message {
  return rowOf(message, [1, 0, 1, message.timestamp]);
}

describe('a row and a message', () => {
  const likeIt = { ...said, messageId: 'history-1' };

  it('are the same by their words, their side and their millisecond', () => {
    expect(isSame(rowFor(said), likeIt)).toBe(true);
  });

  it.each([
    ['a millisecond later', { timestamp: noon + 1 }],
    ['a millisecond earlier', { timestamp: noon - 1 }],
    ['of another conversation', { conversationId: 'other' }],
    ['of other words', { text: 'Hello' }],
    ['of the other side', { from: { id: 'visitor-1', name: '', role: 'visitor' } }],
    ['with a file', { content: [file('f1')] }],
  ] satisfies [string, Partial<GatewayMessage>][])('are two: one %s', (_, part) => {
    expect(isSame(rowFor(said), { ...likeIt, ...part })).toBe(false);
    // Its own id is stronger than all of this.
    expect(isSame(rowFor(said), { ...likeIt, ...part, messageId: 'live-1' })).toBe(true);
  });

  it('are the same whichever agent wrote it', () => {
    const bot = { id: 'bot-1', name: 'Bot', role: 'bot' } as const;
    expect(isSame(rowFor(said), { ...likeIt, from: bot })).toBe(true);
  });

  it('are the same by any id that they share, each way', () => {
    const other = { text: 'other', timestamp: 1 };
    const aliased = { ...said, messageId: 'a', aliases: ['b', 'c'] };
    expect(isSame(rowFor(aliased), { ...likeIt, ...other, messageId: 'c' })).toBe(true);
    expect(isSame(rowFor(said), { ...likeIt, ...other, aliases: ['x', 'live-1'] })).toBe(true);
    expect(isSame(rowFor(aliased), { ...likeIt, ...other, aliases: ['x', 'c'] })).toBe(true);
    expect(isSame(rowFor(aliased), { ...likeIt, ...other, aliases: ['x', 'cc'] })).toBe(false);
    expect(isSame(rowFor(aliased), { ...likeIt, ...other, messageId: 'bb' })).toBe(false);
  });

  it('are the same with the same files under other addresses, and two with other files', () => {
    const sent = rowFor({ ...said, content: [file('f1', { url: 'https://a' })] });
    const at = (url: string | null, id = 'f1', name = 'f1.png') => ({
      ...likeIt,
      content: [file(id, { url, name })],
    });
    expect(isSame(sent, at('https://b'))).toBe(true);
    expect(isSame(sent, at(null))).toBe(true);
    expect(isSame(sent, at('https://a', 'f2'))).toBe(false);
    expect(isSame(sent, at('https://a', 'f1', 'other.png'))).toBe(false);
  });
});

describe('the ids that a row learns', () => {
  it('are those that it does not know, behind those that it does', () => {
    const row = rowFor({ ...said, messageId: 'a', aliases: ['b'] });
    expect(newAliases(row, { ...said, messageId: 'a' })).toBeNull();
    expect(newAliases(row, { ...said, messageId: 'b', aliases: ['a'] })).toBeNull();
    expect(newAliases(row, { ...said, messageId: 'c', aliases: ['b', 'd'] })).toEqual([
      'b',
      'c',
      'd',
    ]);
    expect(newAliases(rowFor(said), { ...said, messageId: 'c' })).toEqual(['c']);
  });
});

const unconfirmed: OutboxStage = { stage: 'unconfirmed', catchUpId: 1, isShownAsSent: true };

function waiting(messageId: string, rest: Partial<OutboxItem> = {}): OutboxItem {
  return {
    messageId,
    ordinal: 1,
    conversationId,
    text: 'hello',
    timestamp: noon,
    failure: null,
    at: unconfirmed,
    ...rest,
  };
}

interface World {
  readonly outbox?: readonly OutboxItem[];
  readonly window?: readonly Message[];
  readonly known?: number;
  readonly isShared?: boolean;
  readonly hasConversation?: boolean;
}

function runIn(world: World): StepContext {
  const { state } = new TestHub().inConversation();
  const { settings, conversation } = state;
  const traits = { ...settings.traits, isShared: world.isShared ?? false };
  return new StepContext(
    {
      ...state,
      settings: { ...settings, traits },
      outbox: world.outbox ?? [],
      window: world.window ?? [],
      conversation:
        world.hasConversation === false || !conversation
          ? null
          : { ...conversation, completeUntil: world.known ?? 0 },
    },
    { now: 0, wall: noon },
    null,
    react,
  );
}

/** A message of the visitor's as the history tells it, under an id of its own. */
const ours: GatewayMessage = { ...echo(null, 'history-1', 'hello'), timestamp: noon };

function knownAs(world: World, message = ours): string {
  return matchOutgoing(runIn(world), message).messageId;
}

describe('a message of the visitor’s in the history', () => {
  it('is known by the id that it was sent with, or by one that it bears besides', () => {
    const outbox = [waiting('m0'), waiting('m1', { text: 'other' })];
    expect(knownAs({ outbox }, { ...ours, messageId: 'm1' })).toBe('m1');
    const run = runIn({ outbox });
    const aliased = { ...ours, text: 'other words', aliases: ['m1'] };
    expect(matchOutgoing(run, aliased)).toEqual(aliased);
  });

  it('is known by its words, and bears its other id besides', () => {
    const run = runIn({ outbox: [waiting('m1')] });
    expect(matchOutgoing(run, { ...ours, aliases: ['x'] })).toEqual({
      ...ours,
      messageId: 'm1',
      aliases: ['history-1', 'x'],
    });
  });

  it('is the first of two that are alike', () => {
    expect(knownAs({ outbox: [waiting('m1'), waiting('m2')] })).toBe('m1');
  });

  it('is one that is shown already, rather than one that waits', () => {
    const window = [rowFor({ ...ours, messageId: 'm0' })];
    expect(knownAs({ outbox: [waiting('m1')], window })).toBe('history-1');
  });

  it('is nobody else’s', () => {
    const theirs = { ...said, messageId: 'history-1', text: 'hello' };
    expect(matchOutgoing(runIn({ outbox: [waiting('m1')] }), theirs)).toBe(theirs);
  });

  it.each([
    [unconfirmed, true],
    [{ stage: 'unconfirmed', catchUpId: 1, isShownAsSent: false }, true],
    [{ stage: 'sent' }, true],
    [{ stage: 'queued', isResend: true }, true],
    [{ stage: 'queued', isResend: false }, false],
    [{ stage: 'queued' }, false],
    [{ stage: 'storing', writeId: 1, callId: null, isRepeat: true }, false],
    [{ stage: 'sending-by-rest', requestId: 1 }, false],
    [{ stage: 'acknowledged' }, false],
    [{ stage: 'failed' }, false],
  ] satisfies [OutboxStage, boolean][])('may be one that stands at %j: %s', (at, may) => {
    expect(knownAs({ outbox: [waiting('m1', { at })] })).toBe(may ? 'm1' : 'history-1');
  });

  it.each([
    ['other words', { text: 'Hello' }],
    ['a file', { content: [file('f1')] }],
  ] satisfies [string, Partial<OutboxItem>][])('is not one of %s', (_, part) => {
    expect(knownAs({ outbox: [waiting('m1', part)] })).toBe('history-1');
  });

  it('is the same with a choice that the history tells of besides', () => {
    const answer = { type: 'answer', kind: 'button', text: 'hello', payload: 'h' } as const;
    expect(knownAs({ outbox: [waiting('m1')] }, { ...ours, content: [answer] })).toBe('m1');
  });

  it('is distinguished from another one by its files', () => {
    const message = { ...ours, content: [file('f2'), file('f3')] };
    const outbox = [
      waiting('m1', { content: [file('f1')] }),
      waiting('m2', { content: [file('f2')] }),
      waiting('m3', { content: [file('f2'), file('f3')] }),
    ];
    expect(knownAs({ outbox }, message)).toBe('m3');
  });

  it.each([
    [-2 * minute - 1, false],
    [-2 * minute, true],
    [-2 * minute + 1, true],
    [60 * minute, true],
  ])('said %i ms after what has been read of it may be one that waits: %s', (after, may) => {
    const world = { outbox: [waiting('m1')], known: noon };
    expect(knownAs(world, { ...ours, timestamp: noon + after })).toBe(may ? 'm1' : 'history-1');
  });

  it('may have any time before anything was read, if no other client writes', () => {
    const early = { ...ours, timestamp: noon - 600 * minute };
    const at = { stage: 'unconfirmed', catchUpId: 1, isShownAsSent: false } as const;
    expect(knownAs({ outbox: [waiting('m1', { at })] }, early)).toBe('m1');
    expect(knownAs({ outbox: [waiting('m1')] }, early)).toBe('m1');
    expect(knownAs({ outbox: [waiting('m1')], hasConversation: false }, early)).toBe('m1');
  });

  it('of a visitor with other clients matches an earlier hub’s message only since it was written', () => {
    const isShared = true;
    const at = { stage: 'unconfirmed', catchUpId: 1, isShownAsSent: false } as const;
    const long = { ...ours, timestamp: noon - 2 * minute - 1 };
    const just = { ...ours, timestamp: noon - 2 * minute };
    const restored = [waiting('m1', { at })];
    expect(knownAs({ isShared, outbox: restored }, long)).toBe('history-1');
    expect(knownAs({ isShared, outbox: restored }, just)).toBe('m1');
    // What has been read counts more, and so does what this hub has sent itself.
    const known = noon - 3 * minute;
    expect(knownAs({ isShared, outbox: restored, known }, long)).toBe('m1');
    for (const sent of [
      unconfirmed,
      { stage: 'sent' },
      { stage: 'queued', isResend: true },
    ] as const) {
      expect(knownAs({ isShared, outbox: [waiting('m1', { at: sent })] }, long)).toBe('m1');
    }
  });
});

describe('a file that comes back', () => {
  function back(content: readonly Content[] | undefined, sent: readonly Content[]): unknown {
    const run = runIn({ outbox: [waiting('m1', { content: sent })] });
    const message = { ...ours, messageId: 'm1', ...(content ? { content } : {}) };
    return matchOutgoing(run, message).content;
  }

  it('keeps the name that it was sent under, at its new address', () => {
    const bare = file('f1', { name: '', mime: null, size: null, url: 'https://new' });
    expect(back([bare], [file('f1', { url: 'https://old' })])).toEqual([
      file('f1', { url: 'https://new' }),
    ]);
    expect(back([{ ...bare, url: null }], [file('f1', { url: 'https://old' })])).toEqual([
      file('f1', { url: 'https://old' }),
    ]);
  });

  it('that was not sent is returned unchanged, and so is a message without a file', () => {
    const other = file('f2');
    expect(back([other], [file('f1')])).toEqual([other]);
    expect(back([other], [])).toEqual([other]);
    const reported = [
      { type: 'answer', kind: 'button', text: 'Yes', payload: 'yes' } as const,
      other,
    ];
    expect(back(reported, [file('f1')])).toEqual(reported);
  });

  it('is there though the gateway does not tell of it', () => {
    expect(back(undefined, [file('f1')])).toEqual([file('f1')]);
    expect(back(undefined, [])).toBeUndefined();
  });
});

describe('what the history tells above a row', () => {
  const below = { ...said, messageId: 'below', text: 'below', timestamp: noon + minute };

  function wanted(rows: readonly Message[], before: Message | null): PaginationRequest {
    return { callId: 1, before, conversationId, count: 50, rows, requestId: 1 };
  }

  it('is known when it is one of the rows below, or in memory', () => {
    const copy = { ...said, messageId: 'history-1' };
    expect(isKnown(runIn({}), wanted([rowFor(said)], null), copy)).toBe(true);
    expect(isKnown(runIn({ window: [rowFor(said)] }), wanted([], null), copy)).toBe(true);
    expect(isKnown(runIn({}), wanted([rowFor(below)], null), copy)).toBe(false);
  });

  it('of the very instant of a row that is known by its place alone stays out', () => {
    const copy = { ...said, messageId: 'history-1' };
    const before = rowFor({ ...said, text: 'not known here' });
    expect(isKnown(runIn({}), wanted([], before), copy)).toBe(true);
    expect(isKnown(runIn({}), wanted([], before), { ...copy, timestamp: noon - 1 })).toBe(false);
    // What the row says is known where it is at hand.
    expect(isKnown(runIn({ window: [before] }), wanted([], before), copy)).toBe(false);
    expect(isKnown(runIn({}), wanted([rowFor(below)], before), copy)).toBe(false);
    expect(isKnown(runIn({ window: [rowFor(below)] }), wanted([], before), copy)).toBe(true);
  });

  it('is an unconfirmed message: it has arrived, and is shown in every tab', () => {
    const run = runIn({ outbox: [waiting('m1', { at: { stage: 'sent' } })] });
    expect(isKnown(run, wanted([rowFor(below)], null), { ...ours, messageId: 'm1' })).toBe(true);
    expect(run.state.outbox).toEqual([]);
    expect(run.state.window.map(({ messageId }) => messageId)).toEqual(['m1']);
  });

  it('is not one because another one waits', () => {
    const at = { stage: 'sent' } as const;
    const run = runIn({ outbox: [waiting('m1', { at, text: 'other' })] });
    expect(isKnown(run, wanted([rowFor(below)], null), { ...ours, messageId: 'm2' })).toBe(false);
    expect(run.state.window).toEqual([]);
  });

  it('is not one that has failed, which is the visitor’s to send again', () => {
    const run = runIn({ outbox: [waiting('m1', { at: { stage: 'failed' } })] });
    expect(isKnown(run, wanted([rowFor(below)], null), { ...ours, messageId: 'm1' })).toBe(false);
    expect(run.state.outbox).toHaveLength(1);
  });
});
