import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Problem } from '../../../src/protocol/errors.ts';
import { type ConnectionSnapshot, type Phase, phases } from '../../../src/protocol/snapshot.ts';
import { toDisplayError } from '../../../src/ui/display-error.ts';
import { english } from '../../../src/ui/messages.ts';
import { canRetry, connectionText, isOutdated, toneOf } from '../../../src/ui/panel/connection.ts';
import { snapshot } from './fixtures.ts';

function inPhase(phase: Phase, more: Partial<ConnectionSnapshot> = {}) {
  return snapshot({
    connection: { phase, attempt: 0, retryAt: null, transport: 'none', ...more },
  });
}

const problem: Problem = { code: 'rate-limited', message: 'Messages wait a moment.' };

describe('the connection in the panel', () => {
  it('has a color for every phase', () => {
    const tones = Object.fromEntries(phases.map((phase) => [phase, toneOf(inPhase(phase))]));
    expect(tones).toEqual({
      offline: 'warn',
      connecting: 'busy',
      authenticating: 'busy',
      ready: 'good',
      routing: 'good',
      waiting: 'warn',
      polling: 'warn',
      'signed-out': 'bad',
      failed: 'bad',
    });
    expect(toneOf(null)).toBe('busy');
  });

  it('shows its phase, and its problem only where nothing else does', () => {
    for (const phase of phases) {
      const words = connectionText(inPhase(phase, { problem }), english);
      const isExplained = phase === 'failed' || phase === 'ready';
      const own = english.phase[phase === 'authenticating' ? 'connecting' : phase];
      expect(words.includes(english.error(problem)), phase).toBe(isExplained);
      expect(words.startsWith(own)).toBe(true);
      expect(connectionText(inPhase(phase), english)).toBe(own);
    }
    expect(connectionText(null, english)).toBe(english.phase.connecting);
  });

  it('ends a sentence before the next one begins', () => {
    const texts = {
      ...english,
      phase: { ...english.phase, ready: 'Connected', failed: 'Broken.' },
      error: () => 'Wait a moment.',
    };
    expect(connectionText(inPhase('ready', { problem }), texts)).toBe('Connected. Wait a moment.');
    expect(connectionText(inPhase('failed', { problem }), texts)).toBe('Broken. Wait a moment.');
  });

  it('offers a retry only where it could help', () => {
    const retriable = phases.filter((phase) => canRetry(inPhase(phase)));
    expect(retriable).toEqual(['waiting', 'signed-out', 'failed']);
    expect(canRetry(inPhase('polling', { retryAt: 1 }))).toBe(true);
    expect(canRetry(inPhase('offline', { retryAt: 1 }))).toBe(false);
  });

  it('is outdated only with that problem', () => {
    expect(isOutdated(inPhase('failed'))).toBe(false);
    expect(isOutdated(inPhase('failed', { problem }))).toBe(false);
    expect(isOutdated(inPhase('failed', { problem: { ...problem, code: 'outdated' } }))).toBe(true);
  });
});

describe('the error of a failed call', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('has the code of a PartylineError from any copy of the package', () => {
    const ours = Object.assign(new Error('Too long.'), {
      name: 'PartylineError',
      code: 'message-too-long',
    });
    expect(toDisplayError(ours)).toEqual({ code: 'message-too-long', message: 'Too long.' });
  });

  it.each([
    ['an error of the browser’s', Object.assign(new Error('Quota.'), { code: 22 }), 'Quota.'],
    [
      'a coded error of Node’s',
      Object.assign(new Error('In use.'), { code: 'EADDRINUSE' }),
      'In use.',
    ],
    [
      'an error of ours without its code',
      Object.assign(new Error('Odd.'), { name: 'PartylineError' }),
      'Odd.',
    ],
    [
      'a code that is no text',
      Object.assign(new Error('Odd.'), { name: 'PartylineError', code: 1 }),
      'Odd.',
    ],
    ['what is no error', 'a text', 'a text'],
    [
      'what only looks like one',
      { name: 'PartylineError', code: 'x', message: 'y' },
      '[object Object]',
    ],
  ])('of %s has no code, and a developer finds it in the console', (_, error, message) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    expect(toDisplayError(error)).toEqual({ code: null, message });
    expect(warn).toHaveBeenCalledWith('[partyline] unexpected error:', error);
  });
});
