import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as connection from '../../../src/worker/core/connection/state.ts';
import * as conversation from '../../../src/worker/core/conversation/state.ts';
import * as outbox from '../../../src/worker/core/outbox/state.ts';
import { type BaseState, initialState } from '../../../src/worker/core/state.ts';
import * as tabs from '../../../src/worker/core/tabs/state.ts';
import { timerNames } from '../../../src/worker/core/timers.ts';
import * as transcript from '../../../src/worker/core/transcript/state.ts';
import * as visitor from '../../../src/worker/core/visitor/state.ts';
import { TestHub } from './harness.ts';

const worker = join(import.meta.dirname, '../../../src/worker');

const { state } = new TestHub().inConversation();
const changed = {
  connection: connection.onVisitorChange(state),
  conversation: conversation.onVisitorChange(state),
  outbox: outbox.onVisitorChange(),
  tabs: tabs.onVisitorChange(state),
  transcript: transcript.onVisitorChange(state),
  visitor: visitor.onVisitorChange(state, null),
};
const initial = {
  connection: connection.initialConnectionSlice,
  conversation: conversation.initialConversationSlice,
  outbox: outbox.initialOutboxSlice,
  tabs: tabs.initialTabsSlice,
  transcript: transcript.initialTranscriptSlice,
  visitor: visitor.initialVisitorSlice({ history: 'at-once' }),
};
const base = { settings: 1, seed: 1, lastId: 1, timers: 1, changes: 1 } satisfies Record<
  keyof BaseState,
  number
>;

/** The sources of both cores, by their paths below src/worker. */
const sources = new Map(
  ['core', 'genesys-cloud/core'].flatMap((folder) =>
    readdirSync(join(worker, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name): [string, string] => {
        const path = join(worker, folder, name);
        return [relative(worker, path), readFileSync(path, 'utf8')];
      }),
  ),
);

const isStateOf = (path: string) => /^core\/[a-z]+\/state\.ts$/.test(path);

describe('a key of the state', () => {
  it('has one owner', () => {
    const owned = [...Object.keys(base), ...Object.values(initial).flatMap(Object.keys)];
    expect(owned.toSorted()).toEqual(Object.keys(initialState(state.settings, 1)).toSorted());
  });

  it.each(Object.keys(initial))('of the slice %s is named by its onVisitorChange', (slice) => {
    const keys = (slices: object) =>
      Object.keys(Object.entries(slices).find(([name]) => name === slice)?.[1] ?? {}).toSorted();
    expect(keys(initial).length).toBeGreaterThan(0);
    expect(keys(changed)).toEqual(keys(initial));
    // A key that is only spread from the previous state would have no owner.
    const source = sources.get(`core/${slice}/state.ts`) ?? '';
    const [, body = ''] = source.split('export function onVisitorChange');
    expect(body.split('\n}\n')[0]).not.toMatch(/\.\.\.state\b(?!\.)/);
  });

  it('is written by its owner’s state.ts alone, by the reset of all, and by the context', () => {
    const writers = [...sources].flatMap(([path, text]) =>
      /\bcontext\.write\(/.test(text) ? [path] : [],
    );
    expect(writers.filter((path) => !isStateOf(path))).toEqual(['core/visitor-change.ts']);
  });

  it('is set by the files of its folder alone', () => {
    const setters = /\bset(Connection|Conversation|Transcript|Outbox|Tabs|Visitor)Slice\b/g;
    const strangers = [...sources].flatMap(([path, text]) =>
      [...text.matchAll(setters)]
        .filter(([, slice = '']) => !path.startsWith(`core/${slice.toLowerCase()}/`))
        .map(([name]) => `${path}: ${name}`),
    );
    expect(strangers).toEqual([]);
  });
});

describe('a slice', () => {
  /** Who may import whom at runtime: each what stands before it. */
  const order = ['visitor', 'connection', 'conversation', 'transcript', 'outbox', 'tabs'];

  it('imports nothing at runtime of those behind it, but for their state.ts', () => {
    const wrong = [...sources].flatMap(([path, text]) => {
      const own = order.indexOf(path.split('/')[1] ?? '');
      if (own < 0 || !path.startsWith('core/')) return [];
      return [...text.matchAll(/^import (?!type)[^;]*? from '\.\.\/([a-z-]+)\/([a-z-]+)\.ts';/gm)]
        .filter(([, slice = '', file]) => order.indexOf(slice) > own && file !== 'state')
        .map(([line]) => `${path}: ${line}`);
    });
    expect(wrong).toEqual([]);
  });

  it('names the timers that a change of visitor clears, each once', () => {
    const cleared: string[] = [connection, conversation, outbox, tabs, transcript, visitor].flatMap(
      ({ visitorTimers }) => [...visitorTimers],
    );
    expect(new Set(cleared).size).toBe(cleared.length);
    expect(cleared.filter((name) => !timerNames.some((known) => known === name))).toEqual([]);
  });
});
