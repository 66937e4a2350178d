import type { ChatSnapshot, Phase } from '../../protocol/snapshot.ts';
import type { Messages } from '../messages.ts';

/** The color of the connection's dot. */
export type Tone = 'good' | 'busy' | 'warn' | 'bad';

const tones: Readonly<Record<Phase, Tone>> = {
  ready: 'good',
  routing: 'good',
  connecting: 'busy',
  authenticating: 'busy',
  polling: 'warn',
  waiting: 'warn',
  offline: 'warn',
  'signed-out': 'bad',
  failed: 'bad',
};

export function toneOf(snapshot: ChatSnapshot | null): Tone {
  return snapshot ? tones[snapshot.connection.phase] : 'busy';
}

/** The connection's status, without a countdown, which a screen reader would announce each second. */
export function connectionText(snapshot: ChatSnapshot | null, texts: Messages): string {
  if (!snapshot) return texts.phase.connecting;
  const { phase, problem } = snapshot.connection;
  const text = texts.phase[phase === 'authenticating' ? 'connecting' : phase];
  // While connected, a problem is about a sent message.
  const isExplained = phase === 'failed' || phase === 'ready';
  if (!isExplained || !problem) return text;
  return `${text}${text.endsWith('.') ? ' ' : '. '}${texts.error(problem)}`;
}

/** Whether a newer build has taken over the hub, so that this page must reload. */
export function isOutdated({ connection }: ChatSnapshot): boolean {
  return connection.problem?.code === 'outdated';
}

/** Whether retrying now could help. */
export function canRetry(snapshot: ChatSnapshot): boolean {
  const { phase, retryAt } = snapshot.connection;
  switch (phase) {
    case 'waiting':
    case 'failed':
    case 'signed-out':
      return true;
    case 'polling':
      return retryAt !== null;
    default:
      return false;
  }
}
