import type { RestValue } from '../../../protocol/gateway/rest.ts';
import { request } from '../connection/rest-requests.ts';
import type { StepContext } from '../context.ts';
import { type ActiveCatchUp, setTranscriptSlice } from './state.ts';

/** Stops a gateway whose pages never end. */
const maximumPages = 10_000;

/** Requests the first page of what the conversation has had since then. */
export function beginCatchUp(context: StepContext, conversationId: string, since: number): void {
  const requestId = request(context, {
    type: 'history-since',
    conversationId,
    since,
    cursor: null,
  });
  setActiveCatchUp(context, {
    requestId,
    conversationId,
    since,
    begunAt: context.clock.now,
    cursor: null,
    pages: 0,
    newest: since,
    tied: [],
  });
}

/** Whether this page is the last one. A gateway may also repeat a cursor. */
export function isLastPage(
  { cursor, pages }: ActiveCatchUp,
  { nextCursor, messages }: Extract<RestValue, { type: 'history' }>,
): boolean {
  return (
    nextCursor === null || nextCursor === cursor || messages.length === 0 || pages >= maximumPages
  );
}

export function setActiveCatchUp(context: StepContext, active: ActiveCatchUp | null): void {
  setTranscriptSlice(context, { catchUps: { ...context.state.catchUps, active } });
}
