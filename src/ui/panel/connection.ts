import type { ChatSnapshot, Phase } from '../../protocol/snapshot.ts';
import type { Messages } from '../messages.ts';

/** How the connection looks: the colour of its dot. */
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

/** The connection in text. Steady: what counts down stands beside it, or it would be read out each second. */
export function connectionText(snapshot: ChatSnapshot | null, texts: Messages): string {
  if (!snapshot) return texts.phase.connecting;
  const { phase, problem } = snapshot.connection;
  const text = texts.phase[phase === 'authenticating' ? 'connecting' : phase];
  // On a living line it is about what was sent: that waits, or was not taken.
  const isExplained = phase === 'failed' || phase === 'ready';
  if (!isExplained || !problem) return text;
  return `${text}${text.endsWith('.') ? ' ' : '. '}${texts.error(problem)}`;
}

/** A newer build of the site has the conversation: only a reload brings this page there. */
export function isOutdated({ connection }: ChatSnapshot): boolean {
  return connection.problem?.code === 'outdated';
}

/** Whether trying at once could help. */
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
