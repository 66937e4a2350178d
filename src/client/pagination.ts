import type { Message } from '../protocol/message.ts';
import type { Call, Earlier } from '../protocol/port.ts';
import type { ChatSnapshot } from '../protocol/snapshot.ts';
import type { HubRpc } from './hub-rpc.ts';
import { applyRefreshed, prependEarlier } from './refresh-rows.ts';

/** What the browser does not keep is fetched from the gateway. */
const deadline = 20_000;

/** A page's rows, and what tells whether an answer still fits them. */
export interface Rows {
  readonly now: () => RowsNow;
  readonly read: (value: unknown) => Earlier;
  readonly update: (snapshot: ChatSnapshot) => void;
}

interface RowsNow {
  readonly snapshot: ChatSnapshot;
  readonly epoch: string | null;
  /** What changed more than the end. */
  readonly insertions: number;
}

function earlierThan(first: Message | undefined, count: number): Call {
  const before = first ? { position: first.position, messageId: first.messageId } : null;
  return { type: 'load-earlier', before, conversationId: first?.conversationId ?? null, count };
}

export async function loadEarlier(caller: HubRpc, rows: Rows, count: number): Promise<boolean> {
  const before = rows.now();
  const [first] = before.snapshot.messages;
  const { value, epoch } = await caller.call(earlierThan(first, count), deadline);
  const earlier = rows.read(value);
  const after = rows.now();
  // It was read before something came that belongs among it.
  if (epoch === after.epoch && before.insertions !== after.insertions) {
    return loadEarlier(caller, rows, count);
  }
  // Rows of a former visitor, or of a window that has moved, belong nowhere.
  if (epoch === after.epoch && after.snapshot.messages[0]?.messageId === first?.messageId) {
    rows.update(prependEarlier(after.snapshot, earlier));
  }
  return rows.now().snapshot.hasEarlier;
}

/** What this tab kept above a snapshot may have been mended or read while it was away: by pages. */
export async function refreshRows(caller: HubRpc, rows: Rows, below: Message): Promise<void> {
  let messageId: string | undefined = below.messageId;
  for (;;) {
    const before = rows.now();
    const kept = before.snapshot.messages.findIndex((row) => row.messageId === messageId);
    // As it is now: one that waited to be sent has got its place meanwhile.
    const first = before.snapshot.messages[kept];
    if (!first || kept === 0) return;
    const asked = earlierThan(first, Math.min(kept, 500));
    const { value, epoch } = await caller.call(asked, deadline);
    const after = rows.now();
    if (epoch !== after.epoch) return;
    // Something came meanwhile that belongs among them.
    if (before.insertions !== after.insertions) continue;
    const above = rows.read(value);
    rows.update(applyRefreshed(after.snapshot, first, above));
    messageId = above.messages[0]?.messageId;
  }
}
