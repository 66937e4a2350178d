import { beforeEach, describe, expect, it } from 'vitest';
import { HubRpc } from '../../../src/client/hub-rpc.ts';
import { type FollowedHub, Replica } from '../../../src/client/replica.ts';
import type { SessionHint } from '../../../src/client/session-hint.ts';
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

/** A hub that hears, and answers nothing. */
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
let caller = new HubRpc();
let mirrors: SessionHint[] = [];
let kept: string[] = [];
let alerts: (Message | null)[] = [];
let changes = 0;
let replica = new Replica(caller, { changed() {}, alert() {}, mirror() {}, keptAbove() {} });

beforeEach(() => {
  hub = new QuietHub();
  caller = new HubRpc();
  mirrors = [];
  kept = [];
  alerts = [];
  changes = 0;
  replica = new Replica(caller, {
    changed: () => {
      changes += 1;
    },
    alert: (message) => alerts.push(message),
    mirror: (mirror) => mirrors.push(mirror),
    keptAbove: ({ messageId }) => kept.push(messageId),
  });
});

const take = (...messages: readonly StreamMessage[]) => {
  for (const message of messages) replica.take(hub, message);
};
const ids = () => replica.snapshot.messages.map(({ messageId }) => messageId);
/** Of whoever loads older rows. */
const shows = (messages: readonly Message[]) =>
  replica.rows.update({ ...replica.rows.now().snapshot, messages });
const acknowledged = () =>
  hub.posted.flatMap((message) => (message.type === 'ack' ? [message.revision] : []));
const pulls = () => hub.posted.filter(({ type }) => type === 'pull').length;

describe('what a page has been told', () => {
  it('is acknowledged with each snapshot, and with every fourth patch', () => {
    take(snapshot());
    expect(acknowledged()).toEqual([10]);
    take(patch(11), patch(12), patch(13));
    expect(acknowledged()).toEqual([10]);
    take(patch(14));
    expect(acknowledged()).toEqual([10, 14]);
    take(patch(15), patch(16), patch(17));
    expect(acknowledged()).toEqual([10, 14]);
    take(snapshot({ revision: 20 }), patch(21), patch(22), patch(23));
    expect(acknowledged()).toEqual([10, 14, 20]);
    take(patch(24));
    expect(acknowledged()).toEqual([10, 14, 20, 24]);
  });

  it('is asked for anew when a patch is missing, and what came behind it is not shown', () => {
    take(snapshot(), patch(12, { upserts: [row(7)] }));
    expect(pulls()).toBe(1);
    expect(ids()).toEqual(['m5', 'm6']);
    take(patch(13, { upserts: [row(8)] }));
    expect(pulls()).toBe(2);
    take(patch(11, { upserts: [row(7)] }), patch(12, { upserts: [row(8)] }));
    expect(ids()).toEqual(['m5', 'm6', 'm7', 'm8']);
    expect(pulls()).toBe(2);
  });

  it('is not told again by a patch that is repeated or old', () => {
    take(snapshot(), patch(11, { upserts: [row(7)] }));
    const before = replica.snapshot;
    take(patch(11, { removed: ['m5'] }), patch(10, { removed: ['m5'] }));
    expect(replica.snapshot).toBe(before);
    expect(pulls()).toBe(0);
  });

  it('is not changed by a late word of a former hub, or of a former visitor', () => {
    take(patch(1), snapshot());
    const before = replica.snapshot;
    for (const epoch of ['b.0', 'a.1', '']) take(patch(11, { epoch, removed: ['m5'] }));
    take({ type: 'alert', epoch: 'b.0', message: row(6) });
    expect(replica.snapshot).toBe(before);
    expect(alerts).toEqual([]);
    expect(pulls()).toBe(0);
  });

  it('is asked for when the hub says that there is more', () => {
    take(snapshot(), { type: 'head', epoch: 'a.0', revision: 40 });
    expect(pulls()).toBe(1);
    take(snapshot({ revision: 40 }), patch(41, { upserts: [row(7)] }));
    expect(ids()).toEqual(['m5', 'm6', 'm7']);
  });

  it('starts again where a new hub starts, however far the former one had come', () => {
    take(snapshot({ revision: 90 }), snapshot({ epoch: 'b.0', revision: 1 }));
    take(patch(2, { epoch: 'b.0', upserts: [row(7)] }));
    expect(ids()).toEqual(['m5', 'm6', 'm7']);
    expect(acknowledged()).toEqual([90, 1]);
    expect(replica.epoch).toBe('b.0');
  });

  it('rings when the hub says so, and stops when it says so', () => {
    take(snapshot(), { type: 'alert', epoch: 'a.0', message: row(6) });
    take({ type: 'alert', epoch: 'a.0', message: null });
    expect(alerts).toEqual([row(6), null]);
  });
});

describe('rows above a snapshot', () => {
  it('are kept where they join it, and are to be read anew', () => {
    take(snapshot({ messages: [row(3), row(4)] }), snapshot({ revision: 11 }));
    expect(ids()).toEqual(['m5', 'm6']);
    expect(kept).toEqual([]);
    take(snapshot({ revision: 12, messages: [row(6), row(7)] }));
    expect(ids()).toEqual(['m5', 'm6', 'm7']);
    expect(kept).toEqual(['m6']);
  });

  it('are another visitor’s, or were wiped, and nothing of them is kept', () => {
    take(snapshot(), snapshot({ visitor: 'grace', epoch: 'b.0', messages: [row(6)] }));
    expect(ids()).toEqual(['m6']);
    take(snapshot({ visitor: 'grace', epoch: 'b.1', resetCount: 1, messages: [row(6), row(7)] }));
    expect(ids()).toEqual(['m6', 'm7']);
    expect(kept).toEqual([]);
    expect(caller.identity).toEqual({ visitor: 'grace', resetCount: 1 });
    // Of the same visitor, and wiped no more since, they are the page's again.
    take(snapshot({ visitor: 'grace', epoch: 'b.1', resetCount: 1, messages: [row(7)] }));
    expect(ids()).toEqual(['m6', 'm7']);
    expect(kept).toEqual(['m7']);
  });

  it('count what changed above the end, so that what was read before it is read anew', () => {
    const changed = () => replica.rows.now().insertions;
    take(snapshot());
    const first = changed();
    take(patch(11, { upserts: [row(7)] }));
    expect(changed()).toBe(first);
    take(patch(12, { upserts: [row(6)] }));
    expect(changed()).toBe(first + 1);
    take(snapshot({ revision: 13 }));
    expect(changed()).toBe(first + 2);
  });
});

describe('calls', () => {
  it('wait for the first snapshot, and are repeated with the next hub, once', () => {
    void caller.call({ type: 'send', messageId: 'm', text: 'hi' }).catch(() => {});
    expect(hub.asked).toEqual([]);
    take(snapshot(), snapshot({ revision: 11 }));
    expect(hub.asked).toEqual([{ type: 'send', messageId: 'm', text: 'hi' }]);
    hub = new QuietHub();
    take(snapshot({ epoch: 'b.0' }));
    expect(hub.asked).toEqual([{ type: 'send', messageId: 'm', text: 'hi', isRepeat: true }]);
  });

  it('of one visitor are given up before the next one’s snapshot is shown', async () => {
    take(snapshot());
    const refused = caller.call({ type: 'mark-read' }).catch(({ code }) => code);
    let pending: number | null = null;
    const other = new Replica(caller, {
      changed: () => {
        pending ??= caller.unsettled.length;
      },
      alert() {},
      mirror() {},
      keptAbove() {},
    });
    other.take(hub, snapshot({ visitor: 'grace' }));
    expect(pending).toBe(0);
    expect(await refused).toBe('signed-out');
  });
});

describe('the mirror', () => {
  it('is written with whose conversation it is, when that changes', () => {
    take(snapshot(), patch(11, { upserts: [row(7)] }), snapshot({ revision: 12 }));
    expect(mirrors).toEqual([{ conversationId: 'c', visitor: 'ada' }]);
    const conversation = { conversationId: 'd', status: 'queued' } as const;
    take(patch(13, { shared: { conversation } }));
    expect(mirrors.at(-1)).toEqual({ conversationId: 'd', visitor: 'ada' });
    expect(mirrors).toHaveLength(2);
  });

  it('is emptied when there is none, but not before a hub has said so', () => {
    replica.update({ ...replica.snapshot, draft: 'x' });
    expect(mirrors).toEqual([]);
    take(snapshot({ shared: { ...shared, conversation: null } }));
    expect(mirrors).toEqual([{ conversationId: null, visitor: null }]);
  });

  it('is written once however often a page without a conversation is told something', () => {
    take(snapshot({ shared: { ...shared, conversation: null } }));
    take(patch(11, { shared: { draft: 'h' } }), patch(12, { shared: { draft: 'hi' } }));
    take(snapshot({ revision: 13, shared: { ...shared, conversation: null } }));
    expect(mirrors).toEqual([{ conversationId: null, visitor: null }]);
  });

  it('is written again when another visitor has the conversation', () => {
    take(snapshot(), snapshot({ visitor: 'bob', resetCount: 1, epoch: 'a.1' }));
    expect(mirrors).toEqual([
      { conversationId: 'c', visitor: 'ada' },
      { conversationId: 'c', visitor: 'bob' },
    ]);
  });
});

it('one change of the snapshot is told once', () => {
  take(snapshot());
  expect(changes).toBe(1);
  take(patch(11), patch(11), patch(13), { type: 'head', epoch: 'a.0', revision: 20 });
  expect(changes).toBe(2);
});

describe('older rows that were asked for', () => {
  it('are shown like any others', () => {
    take(snapshot());
    const before = changes;
    shows([row(4), row(5), row(6)]);
    expect(ids()).toEqual(['m4', 'm5', 'm6']);
    expect(changes).toBe(before + 1);
  });
});
