import type { Run } from '../context.ts';
import type { OutboxItem } from '../state.ts';
import { catchUp, nextRun } from '../transcript/catch-up.ts';
import { failItem, failStranded, setItem } from './outbox.ts';

/** A message that was sent and not seen since: REST is asked before it is sent again. */

export function doubt(run: Run, item: OutboxItem): void {
  setItem(run, item.messageId, { at: { stage: 'doubt', run: nextRun(run), wasSent: true } });
}

/** What was on its way may have arrived. A REST request keeps its own outcome. */
export function doubtEverything(run: Run): void {
  for (const item of run.state.outbox) {
    if (item.at.stage === 'sent') {
      doubt(run, item);
    }
  }
  run.clearTimer('echo');
}

export function lookForDoubts(run: Run): void {
  if (!run.state.recovery.active && !run.hasTimer('rest-retry')) catchUp(run);
}

/** The `echo` timer: it may or may not have arrived, and REST knows. */
export function echoOverdue(run: Run): void {
  doubtEverything(run);
  catchUp(run);
}

/** Run number `run` is over, and whatever it has not brought had not arrived before it began. */
export function resolveDoubts(run: Run, runNumber: number): void {
  const { conversation } = run.state;
  if (conversation) failDoubtsOfFormer(run, conversation.conversation.conversationId);
  for (const item of run.state.outbox) {
    if (item.at.stage === 'doubt' && item.at.run <= runNumber) {
      setItem(run, item.messageId, { at: { stage: 'queued', wasSent: true } });
    }
  }
  failStranded(run);
}

/** What was sent into another conversation: whether it arrived there nobody can tell any more. */
export function failDoubtsOfFormer(run: Run, conversationId: string | null): void {
  for (const item of run.state.outbox) {
    if (item.at.stage !== 'doubt' || item.conversationId === null) continue;
    if (item.conversationId === conversationId) continue;
    failItem(
      run,
      item.messageId,
      'unknown-outcome',
      'The conversation has ended, and it is not known whether this arrived.',
    );
  }
}
