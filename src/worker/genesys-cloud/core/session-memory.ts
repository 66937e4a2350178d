import type { StepContext } from '../../core/context.ts';
import { rememberSession, type SessionMemory } from '../../core/visitor/state.ts';

const emptyMemory: SessionMemory = {
  life: null,
  endsAt: null,
  isSessionOver: false,
  refused: null,
  expiries: [],
  deletionOn: null,
  clearing: null,
};

export function memoryOf({ state: { sessionMemory } }: StepContext): SessionMemory {
  return sessionMemory ?? emptyMemory;
}

export function remember(context: StepContext, part: Partial<SessionMemory>): void {
  rememberSession(context, { ...memoryOf(context), ...part });
}
