import { describe, expect, it } from 'vitest';
import {
  readPendingHandoff,
  writePendingHandoff,
} from '../../../src/client/calls/pending-handoff.ts';
import { storages, TestStorage } from './test-storage.ts';

describe('the pending handoff', () => {
  it('is stored for this tab only', () => {
    const [origin, tab] = storages();
    writePendingHandoff('', '[1]', [origin, tab]);
    expect(readPendingHandoff('', [origin, tab])).toBe('[1]');
    expect(origin.items.size).toBe(0);
    expect(readPendingHandoff('', [origin, new TestStorage()])).toBeNull();
    writePendingHandoff('', null, [origin, tab]);
    expect(readPendingHandoff('', [origin, tab])).toBeNull();
  });
});
