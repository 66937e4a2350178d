import { comparePlaces, type Message } from '../../../src/protocol/message.ts';
import type { HubState } from '../../../src/worker/core/state.ts';
import type { Step } from '../model/hub.ts';
import type { ModelTab } from '../model/tab.ts';
import { check } from '../violation.ts';

/** Once, in order, and nothing moves but into a marked hole. */
export class TranscriptInvariants {
  /** Message id by place; a place never belongs to another message. */
  step({ before, after, input }: Step): void {
    if (before.window === after.window || input.type === 'restored') return;
    unique(after.window, 'hub');
    inOrder(after.window, 'hub');
    marked(after);
    if (before.generation === after.generation) steady(before.window, after.window);
  }

  tab(tab: ModelTab): void {
    const rows = tab.snapshot?.messages ?? [];
    unique(rows, tab.name);
    inOrder(rows, tab.name);
  }
}

/** Each hole is told at the row behind it, and nothing else is. */
function marked({ conversation, window }: HubState): void {
  if (!conversation) return;
  const holes = new Map(conversation.holes.map((hole) => [hole.to + 1, hole.to - hole.from + 1]));
  for (const row of window) {
    if (row.position[0] !== conversation.ordinal || row.sequence === null) continue;
    const missing = holes.get(row.sequence) ?? 0;
    check(row.missingBefore === missing, 'marks', () => {
      return `${row.messageId}#${row.sequence} says ${row.missingBefore}, should say ${missing}`;
    });
  }
}

function unique(rows: readonly Message[], who: string): void {
  const ids = new Set<string>();
  for (const { messageId } of rows) {
    check(!ids.has(messageId), 'once', () => `${who} shows ${messageId} twice`);
    ids.add(messageId);
  }
}

function inOrder(rows: readonly Message[], who: string): void {
  for (let index = 1; index < rows.length; index += 1) {
    const [above, row] = [rows[index - 1], rows[index]];
    if (!above || !row) continue;
    check(comparePlaces(above, row) < 0, 'in order', () => {
      return `${who} shows ${above.messageId} above ${row.messageId}`;
    });
  }
}

function steady(before: readonly Message[], after: readonly Message[]): void {
  const old = new Map(before.map((row) => [row.messageId, row]));
  const kept = new Set(after.map((row) => row.messageId));
  const places = new Map(after.map((row) => [row.messageId, row]));
  // A row that got its sequence late may have moved; the others tell where the window begins.
  const firstKept = before.findIndex((row) => {
    const now = places.get(row.messageId);
    return now !== undefined && comparePlaces(now, row) === 0;
  });
  before.forEach((row, index) => {
    if (row.sequence === null || index < firstKept || firstKept < 0) return;
    check(kept.has(row.messageId), 'steady', () => `${row.messageId} is shown no more`);
  });
  after.forEach((row, index) => {
    const known = old.get(row.messageId);
    if (known) {
      check(
        known.sequence === null || comparePlaces(known, row) === 0,
        'steady',
        () => `${row.messageId} has another place`,
      );
      return;
    }
    if (row.sequence === null) return;
    const below = after.slice(index + 1).find((other) => old.has(other.messageId));
    const shown = below && old.get(below.messageId);
    if (!shown || shown.conversationId !== row.conversationId || shown.sequence === null) return;
    check(shown.missingBefore > 0, 'steady', () => {
      return `${row.messageId} is put above ${shown.messageId}, which had no mark`;
    });
  });
}
