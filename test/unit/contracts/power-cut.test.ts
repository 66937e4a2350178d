import { describe, expect, it } from 'vitest';
import type { StoreOperation } from '../../../src/worker/core/records.ts';
import {
  add,
  addOutbox,
  conversationOf,
  mark,
  messageOf,
  put,
  putConversation,
  putOutbox,
  recordOf,
  timedOf,
} from '../../contracts/rows.ts';
import { Disk } from '../../simulation/model/store.ts';

/** A browser can't be made to lose power: what the model says of it is compared with a disk that never had more. */

const writes: readonly (readonly StoreOperation[])[] = [
  [put(messageOf(1)), add(messageOf(2)), putConversation(conversationOf(1, 'ended'))],
  [add(timedOf(3)), putOutbox(recordOf(1)), addOutbox(recordOf(2))],
  [put(messageOf(1, { text: 'changed' })), mark([1, 2, 0, 0], 4), mark([1, 2, 0, 0], 0)],
  [
    add(messageOf(3, { messageId: 'm3' })),
    { type: 'delete-outbox', messageId: 'o1' },
    putOutbox(recordOf(1, { text: 'again' })),
  ],
  [
    { type: 'put-read', readUntil: [1, 2, 0, 0] },
    { type: 'add-unread', by: 3 },
  ],
  [
    putConversation(conversationOf(2, 'connected')),
    { type: 'delete-conversation', conversationId: 'c1' },
  ],
  [putOutbox(recordOf(3)), { type: 'delete-outbox', messageId: 'o2' }],
];

function diskWith(count: number, strict: readonly number[] = []): Disk {
  const disk = new Disk(false);
  for (const [index, write] of writes.slice(0, count).entries()) {
    disk.commit(write, strict.includes(index));
  }
  return disk;
}

const contents = (disk: Disk) => disk.restore(1_000);

describe('a disk that loses power', () => {
  it('has the first of its writes, each as a whole, and none of the later ones', () => {
    for (let kept = 0; kept <= writes.length; kept += 1) {
      const disk = diskWith(writes.length);
      const lost = disk.losePower(kept / writes.length);
      expect(lost).toBe(writes.length - kept);
      expect(contents(disk)).toEqual(contents(diskWith(kept)));
    }
  });

  it('has what was written for good, with all that was written before it', () => {
    for (let strict = 0; strict < writes.length; strict += 1) {
      const disk = diskWith(writes.length, [strict]);
      disk.losePower(0);
      expect(contents(disk)).toEqual(contents(diskWith(strict + 1)));
    }
  });

  it('has again what was pruned since the last write for good', () => {
    const disk = diskWith(writes.length, [writes.length - 1]);
    disk.prune(1, 0);
    expect(contents(disk).messages).toHaveLength(1);
    disk.losePower(0);
    expect(contents(disk)).toEqual(contents(diskWith(writes.length)));
  });

  it('is the same disk when it loses power twice', () => {
    const disk = diskWith(4);
    disk.losePower(0.5);
    disk.losePower(1);
    for (const write of writes.slice(2)) disk.commit(write, false);
    expect(contents(disk)).toEqual(contents(diskWith(writes.length)));
  });
});
