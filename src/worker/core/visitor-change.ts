import type { Problem } from '../../protocol/errors.ts';
import { leaveSocket } from './connection/connection.ts';
import * as connection from './connection/state.ts';
import type { StepContext } from './context.ts';
import { failEndCalls } from './conversation/ending.ts';
import { failStartCalls } from './conversation/start-calls.ts';
import * as conversation from './conversation/state.ts';
import { failStoring } from './outbox/outbox.ts';
import * as outbox from './outbox/state.ts';
import * as tabs from './tabs/state.ts';
import { failPaginations } from './transcript/pagination.ts';
import * as transcript from './transcript/state.ts';
import * as visitor from './visitor/state.ts';

const visitorTimers = [
  ...connection.visitorTimers,
  ...transcript.visitorTimers,
  ...outbox.visitorTimers,
  ...conversation.visitorTimers,
  ...tabs.visitorTimers,
  ...visitor.visitorTimers,
];

/** Deletes everything of the previous visitor, slice by slice, and drops late answers for them. */
export function resetForVisitor(context: StepContext, subject: string | null): void {
  leaveSocket(context);
  context.clearTimer(...visitorTimers);
  const problem: Problem = { code: 'signed-out', message: 'The session has ended.' };
  failStartCalls(context, problem);
  failEndCalls(context, problem.code, problem.message);
  failStoring(context, problem);
  failPaginations(context, problem);
  context.emit({ type: 'abort-rest' });
  const { state } = context;
  context.write({
    ...visitor.onVisitorChange(state, subject),
    ...connection.onVisitorChange(state),
    ...conversation.onVisitorChange(state),
    ...transcript.onVisitorChange(state),
    ...outbox.onVisitorChange(),
    ...tabs.onVisitorChange(state),
  });
  context.clearChanges();
  context.store({ type: 'wipe' });
  // Durable: after a power cut the previous visitor must not come back.
  context.change({ isMetaChanged: true, needsSnapshot: true, isDurable: true });
}
