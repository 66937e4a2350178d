import type { Run } from '../../core/context.ts';
import type { GuestMemory } from '../../core/state.ts';

const nothing: GuestMemory = {
  life: null,
  ends: null,
  startsNew: false,
  refused: null,
  expiries: [],
};

export function memoryOf({ state: { guest } }: Run): GuestMemory {
  return guest ?? nothing;
}

export function remember(run: Run, part: Partial<GuestMemory>): void {
  run.set({ guest: { ...memoryOf(run), ...part } });
}
