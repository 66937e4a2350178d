import { beforeEach, describe, expect, it } from 'vitest';
import { HubRpc } from '../../../src/client/calls/hub-rpc.ts';
import type { SessionHint } from '../../../src/client/session/session-hint.ts';
import { type FollowedHub, Replica } from '../../../src/client/transcript/replica.ts';
import type { Message } from '../../../src/protocol/message.ts';
import type {
  Call,
  CallAnswer,
  PatchMessage,
  SnapshotMessage,
  StreamMessage,
  TabMessage,
} from '../../../src/protocol/port.ts';
import { rowOf as row } from '../../contracts/ports.ts';

const shared: SnapshotMessage['shared'] = {
  connection: { phase: 'ready', attempt: 0, retryAt: null, transport: 'websocket' },
  conversation: { conversationId: 'c', status: 'connected' },
  unread: 0,
  typing: null,
  draft: '',
  hub: { kind: 'shared-worker', epoch: 'a.0', build: '1', tabs: 1, persistent: true },
};

function snapshot(part: Partial<SnapshotMessage> = {}): SnapshotMessage {
  const epoch = part.epoch ?? 'a.0';
  return {
    type: 'snapshot',
    epoch,
    revision: 10,
    visitor: 'ada',
    resetCount: 0,
    shared: { ...shared, hub: { ...shared.hub, epoch } },
    messages: [row(5), row(6)],
    hasEarlier: true,
    ...part,
  };
}

function patch(revision: number, part: Partial<PatchMessage> = {}): PatchMessage {
  return {
    type: 'patch',
    epoch: 'a.0',
    revision,
    shared: {},
    upserts: [],
    removed: [],
    readMark: null,
    ...part,
  };
}

/** A hub that records calls and never answers. */
class QuietHub implements FollowedHub {
  readonly posted: TabMessage[] = [];
  readonly asked: Call[] = [];
  post(message: TabMessage): void {
    this.posted.push(message);
  }
  call(call: Call): Promise<CallAnswer> {
    this.asked.push(call);
    return new Promise(() => {});
  }
  probe(): void {}
}

let hub = new QuietHub();
let rpc = new HubRpc();
let hints: SessionHint[] = [];
let kept: string[] = [];
let alerts: (Message | null)[] = [];
let changes = 0;
let replica = new Replica(rpc, {
  changed() {},
  alert() {},
  sessionHintChanged() {},
  olderRowsKept() {},
});

beforeEach(() => {
  hub = new QuietHub();
  rpc = new HubRpc();
  hints = [];
  kept = [];
  alerts = [];
  changes = 0;
  replica = new Replica(rpc, {
    changed: () => {
      changes += 1;
    },
    alert: (message) => alerts.push(message),
    sessionHintChanged: (hint) => hints.push(hint),
    olderRowsKept: ({ messageId }) => kept.push(messageId),
  });
});

const receive = (...messages: readonly StreamMessage[]) => {
  for (const message of messages) replica.receive(hub, message);
};
const ids = () => replica.snapshot.messages.map(({ messageId }) => messageId);
/** Updates the rows as pagination does. */
const shows = (messages: readonly Message[]) =>
  replica.rows.update({ ...replica.rows.current().snapshot, messages });
const acknowledged = () =>
  hub.posted.flatMap((message) => (message.type === 'ack' ? [message.revision] : []));
const pulls = () => hub.posted.filter(({ type }) => type === 'pull').length;

describe('Replica', () => {
  it('acknowledges each snapshot, and every fourth patch', () => {
    receive(snapshot());
    expect(acknowledged()).toEqual([10]);
    receive(patch(11), patch(12), patch(13));
    expect(acknowledged()).toEqual([10]);
    receive(patch(14));
    expect(acknowledged()).toEqual([10, 14]);
    receive(patch(15), patch(16), patch(17));
    expect(acknowledged()).toEqual([10, 14]);
    receive(snapshot({ revision: 20 }), patch(21), patch(22), patch(23));
    expect(acknowledged()).toEqual([10, 14, 20]);
    receive(patch(24));
    expect(acknowledged()).toEqual([10, 14, 20, 24]);
  });

  it('asks for a snapshot when a patch is missing, and ignores later patches', () => {
    receive(snapshot(), patch(12, { upserts: [row(7)] }));
    expect(pulls()).toBe(1);
    expect(ids()).toEqual(['m5', 'm6']);
    receive(patch(13, { upserts: [row(8)] }));
    expect(pulls()).toBe(2);
    receive(patch(11, { upserts: [row(7)] }), patch(12, { upserts: [row(8)] }));
    expect(ids()).toEqual(['m5', 'm6', 'm7', 'm8']);
    expect(pulls()).toBe(2);
  });

  it('ignores repeated and old patches', () => {
    receive(snapshot(), patch(11, { upserts: [row(7)] }));
    const before = replica.snapshot;
    receive(patch(11, { removed: ['m5'] }), patch(10, { removed: ['m5'] }));
    expect(replica.snapshot).toBe(before);
    expect(pulls()).toBe(0);
  });

  it('ignores messages of a previous hub or visitor', () => {
    receive(patch(1), snapshot());
    const before = replica.snapshot;
    for (const epoch of ['b.0', 'a.1', '']) receive(patch(11, { epoch, removed: ['m5'] }));
    receive({ type: 'alert', epoch: 'b.0', message: row(6) });
    expect(replica.snapshot).toBe(before);
    expect(alerts).toEqual([]);
    expect(pulls()).toBe(0);
  });

  it('asks for a snapshot when the hub announces a newer revision', () => {
    receive(snapshot(), { type: 'head', epoch: 'a.0', revision: 40 });
    expect(pulls()).toBe(1);
    receive(snapshot({ revision: 40 }), patch(41, { upserts: [row(7)] }));
    expect(ids()).toEqual(['m5', 'm6', 'm7']);
  });

  it('starts from a new hub’s revision, even if it is lower', () => {
    receive(snapshot({ revision: 90 }), snapshot({ epoch: 'b.0', revision: 1 }));
    receive(patch(2, { epoch: 'b.0', upserts: [row(7)] }));
    expect(ids()).toEqual(['m5', 'm6', 'm7']);
    expect(acknowledged()).toEqual([90, 1]);
    expect(replica.epoch).toBe('b.0');
  });

  it('passes on alerts and their end', () => {
    receive(snapshot(), { type: 'alert', epoch: 'a.0', message: row(6) });
    receive({ type: 'alert', epoch: 'a.0', message: null });
    expect(alerts).toEqual([row(6), null]);
  });
});

describe('rows above a snapshot', () => {
  it('are kept where they join it, and reported for a refresh', () => {
    receive(snapshot({ messages: [row(3), row(4)] }), snapshot({ revision: 11 }));
    expect(ids()).toEqual(['m5', 'm6']);
    expect(kept).toEqual([]);
    receive(snapshot({ revision: 12, messages: [row(6), row(7)] }));
    expect(ids()).toEqual(['m5', 'm6', 'm7']);
    expect(kept).toEqual(['m6']);
  });

  it('are dropped after a change of visitor or a reset', () => {
    receive(snapshot(), snapshot({ visitor: 'grace', epoch: 'b.0', messages: [row(6)] }));
    expect(ids()).toEqual(['m6']);
    receive(
      snapshot({ visitor: 'grace', epoch: 'b.1', resetCount: 1, messages: [row(6), row(7)] }),
    );
    expect(ids()).toEqual(['m6', 'm7']);
    expect(kept).toEqual([]);
    expect(rpc.identity).toEqual({ visitor: 'grace', resetCount: 1 });
    // The same visitor, without a reset in between.
    receive(snapshot({ visitor: 'grace', epoch: 'b.1', resetCount: 1, messages: [row(7)] }));
    expect(ids()).toEqual(['m6', 'm7']);
    expect(kept).toEqual(['m7']);
  });

  it('count insertions above the last row', () => {
    const changed = () => replica.rows.current().insertions;
    receive(snapshot());
    const first = changed();
    receive(patch(11, { upserts: [row(7)] }));
    expect(changed()).toBe(first);
    receive(patch(12, { upserts: [row(6)] }));
    expect(changed()).toBe(first + 1);
    receive(snapshot({ revision: 13 }));
    expect(changed()).toBe(first + 2);
  });
});

it('counts the snapshots, not the patches', () => {
  const counted = () => replica.rows.current().snapshots;
  expect(counted()).toBe(0);
  receive(snapshot(), patch(11, { upserts: [row(7)] }));
  expect(counted()).toBe(1);
  receive(snapshot({ revision: 12 }));
  expect(counted()).toBe(2);
});

describe('calls', () => {
  it('wait for the first snapshot, and are repeated once to the next hub', () => {
    void rpc.call({ type: 'send', messageId: 'm', text: 'hi' }).catch(() => {});
    expect(hub.asked).toEqual([]);
    receive(snapshot(), snapshot({ revision: 11 }));
    expect(hub.asked).toEqual([{ type: 'send', messageId: 'm', text: 'hi' }]);
    hub = new QuietHub();
    receive(snapshot({ epoch: 'b.0' }));
    expect(hub.asked).toEqual([{ type: 'send', messageId: 'm', text: 'hi', isRepeat: true }]);
  });

  it('of one visitor are rejected before the next visitor’s snapshot is shown', async () => {
    receive(snapshot());
    const refused = rpc.call({ type: 'mark-read' }).catch(({ code }) => code);
    let pending: number | null = null;
    const other = new Replica(rpc, {
      changed: () => {
        pending ??= rpc.pendingCalls.length;
      },
      alert() {},
      sessionHintChanged() {},
      olderRowsKept() {},
    });
    other.receive(hub, snapshot({ visitor: 'grace' }));
    expect(pending).toBe(0);
    expect(await refused).toBe('signed-out');
  });
});

describe('the session hint', () => {
  it('is reported with its visitor when the conversation changes', () => {
    receive(snapshot(), patch(11, { upserts: [row(7)] }), snapshot({ revision: 12 }));
    expect(hints).toEqual([{ conversationId: 'c', visitor: 'ada' }]);
    const conversation = { conversationId: 'd', status: 'queued' } as const;
    receive(patch(13, { shared: { conversation } }));
    expect(hints.at(-1)).toEqual({ conversationId: 'd', visitor: 'ada' });
    expect(hints).toHaveLength(2);
  });

  it('is emptied when the hub has no conversation, and not before its first snapshot', () => {
    replica.update({ ...replica.snapshot, draft: 'x' });
    expect(hints).toEqual([]);
    receive(snapshot({ shared: { ...shared, conversation: null } }));
    expect(hints).toEqual([{ conversationId: null, visitor: null }]);
  });

  it('is reported once, however many changes follow', () => {
    receive(snapshot({ shared: { ...shared, conversation: null } }));
    receive(patch(11, { shared: { draft: 'h' } }), patch(12, { shared: { draft: 'hi' } }));
    receive(snapshot({ revision: 13, shared: { ...shared, conversation: null } }));
    expect(hints).toEqual([{ conversationId: null, visitor: null }]);
  });

  it('is reported again when the visitor changes', () => {
    receive(snapshot(), snapshot({ visitor: 'bob', resetCount: 1, epoch: 'a.1' }));
    expect(hints).toEqual([
      { conversationId: 'c', visitor: 'ada' },
      { conversationId: 'c', visitor: 'bob' },
    ]);
  });
});

it('reports each change of the snapshot once', () => {
  receive(snapshot());
  expect(changes).toBe(1);
  receive(patch(11), patch(11), patch(13), { type: 'head', epoch: 'a.0', revision: 20 });
  expect(changes).toBe(2);
});

describe('older rows from pagination', () => {
  it('change the snapshot', () => {
    receive(snapshot());
    const before = changes;
    shows([row(4), row(5), row(6)]);
    expect(ids()).toEqual(['m4', 'm5', 'm6']);
    expect(changes).toBe(before + 1);
  });
});
