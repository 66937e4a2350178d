import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connectionPhases } from '../../../src/worker/core/connection/state.ts';
import type { Input } from '../../../src/worker/core/input.ts';
import { scenes, socketOf } from './connection-scenes.ts';
import type { TestHub } from './harness.ts';

const page = readFileSync(join(import.meta.dirname, '../../../docs/protocol.md'), 'utf8');

/** The rows of the link's table: the phases in the first column, and what its last column names. */
function linkTable(): { phases: string[]; targets: string[] }[] {
  const [, section = ''] = page.split('### Connection');
  const [table = ''] = section.split('\n###');
  return table
    .split('\n')
    .filter((line) => line.startsWith('|') && !line.startsWith('|---') && !line.includes('phase |'))
    .map((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      const words = (cell = '') => cell.split(/,| · | or /).map((word) => word.trim());
      return { phases: words(cells[1]), targets: words(cells[3]) };
    });
}

describe('the table of phases in docs/protocol.md', () => {
  it('has a row for every phase, and leads only to phases that there are', () => {
    const rows = linkTable();
    expect(rows.flatMap(({ phases }) => phases).sort()).toEqual(
      Object.keys(connectionPhases).sort(),
    );
    for (const { targets } of rows) {
      for (const target of targets) expect(Object.keys(connectionPhases)).toContain(target);
    }
  });

  it.each(Object.keys(connectionPhases))('%s can be reached', (phase) => {
    expect(scenes[phase]?.().state.connection.phase).toBe(phase);
  });

  it.each(Object.keys(connectionPhases))(
    'what can happen in %s leads where its row says',
    (phase) => {
      const row = linkTable().find(({ phases }) => phases.includes(phase));
      const allowed = new Set([phase, ...(row?.targets ?? []), 'idle', 'signed-out', 'closing']);
      const happenings: ((hub: TestHub) => Input)[] = [
        (hub) => ({ type: 'socket-closed', socketId: socketOf(hub), meaning: 'network' }),
        (hub) => ({ type: 'socket-closed', socketId: socketOf(hub), meaning: 'token' }),
        (hub) => ({ type: 'socket-opened', socketId: socketOf(hub) }),
        (hub) => ({
          type: 'gateway',
          socketId: socketOf(hub),
          event: { type: 'authenticated', serverTime: null },
        }),
        (hub) => ({ type: 'gateway', socketId: socketOf(hub), event: { type: 'token-expired' } }),
        () => ({ type: 'online', isOnline: true }),
        () => ({
          type: 'tab-attached',
          tabId: 'b',
          isVisible: true,
          conversationId: null,
          visitor: null,
          resetCount: 0,
        }),
      ];
      for (const happening of happenings) {
        const hub = scenes[phase]?.() ?? expect.fail(`no scene for ${phase}`);
        hub.take(happening(hub));
        expect([...allowed]).toContain(hub.state.connection.phase);
      }
    },
  );
});
