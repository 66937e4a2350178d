import type { ConversationSummary } from '../../src/testing/agents/agent-protocol.ts';

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** The visitor's name from the site, or the end of their id. */
export function nameOf(summary: ConversationSummary): string {
  const name = summary.routing.attributes?.name;
  return typeof name === 'string' && name !== '' ? name : `Visitor ${summary.subject.slice(-4)}`;
}

/** Formats a duration: '2 min'. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d`;
}

export function timeOfDay(instant: string): string {
  return clock.format(new Date(instant));
}

export function dayAndTime(instant: string): string {
  return day.format(new Date(instant));
}

/** The conversation's status, for its header. */
export function statusText(summary: ConversationSummary, myId: string): string {
  switch (summary.status) {
    case 'queued':
      return summary.position === null
        ? 'Unroutable: no agents in this skill group'
        : `Waiting, position ${summary.position}`;
    case 'connected':
      return summary.agent?.id === myId
        ? 'Assigned to you'
        : `Assigned to ${summary.agent?.name ?? 'a colleague'}`;
    case 'ended':
      return 'Ended';
  }
}
