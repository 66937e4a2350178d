import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { GatewayExtension } from '../../../src/protocol/gateway/extension.ts';
import type { GenesysCloudOptions } from '../../../src/protocol/genesys-cloud/index.ts';
import { genesysCloud } from '../../../src/worker/genesys-cloud/extension.ts';
import { sessionEvent } from '../session-event.ts';

const session = sessionEvent();
const unnamedProblem = {
  kind: 'other',
  code: '500',
  message: '',
  conversationId: null,
  messageId: null,
  retryAfter: null,
} as const;
const from = { id: 'ada', name: 'Ada', role: 'agent' } as const;
const typing = { type: 'typing', conversationId: 'c', isTyping: true } as const;
const join = { type: 'join', routing: { skillGroups: [] } } as const;
const otherTypes = { type: 'typing', conversationId: null, from, isTyping: true } as const;

beforeEach(() => void vi.useFakeTimers());

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** @param conversations what the deployment's settings say of them */
async function createExtension(
  conversations: object | null = null,
  options: Partial<GenesysCloudOptions> = {},
) {
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
    if (!conversations) throw new TypeError('fetch failed');
    return Response.json({ messenger: { apps: { conversations } } });
  });
  const sent: GatewayCommand[] = [];
  const errors: string[] = [];
  const adapter = genesysCloud({ deploymentId: 'd', region: 'eu-west-1', ...options });
  const hub = {
    epoch: 'boot.0',
    send: (command: GatewayCommand) => {
      if (!extension.shouldSend(command)) return true;
      sent.push(command);
      return true;
    },
    call: () => Promise.reject(new Error('not called')),
    logError: (what: string) => void errors.push(what),
  };
  const made = adapter.createExtension?.(hub, '');
  if (!made) throw new Error('the dialect has an extension');
  const extension: GatewayExtension = made;
  if (conversations) {
    await extension.answer('tab', { type: 'platform', step: 'deployment' });
  }
  return { extension, sent, errors, fetched };
}

describe('a deployment', () => {
  it.each([
    [null, true],
    [{}, true],
    [{ showUserTypingIndicator: true }, true],
    [{ showUserTypingIndicator: false }, false],
    [{ showAgentTypingIndicator: false }, true],
  ])('is told of the visitor’s typing as it wants (%j): %s', async (conversations, reported) => {
    const { extension } = await createExtension(conversations);
    expect(extension.shouldSend(typing)).toBe(reported);
    // Nothing else of the visitor's is kept from it.
    expect(extension.shouldSend({ type: 'ping' })).toBe(true);
  });

  it.each([
    [null, true],
    [{ showAgentTypingIndicator: true }, true],
    [{ showAgentTypingIndicator: false }, false],
    [{ showUserTypingIndicator: false }, true],
  ])('shows the other side’s typing as it wants (%j): %s', async (conversations, shown) => {
    const { extension } = await createExtension(conversations);
    expect(extension.onEvent(otherTypes)).toBe(shown ? otherTypes : null);
    expect(extension.onEvent({ type: 'pong' })).toEqual({ type: 'pong' });
  });

  it.each([
    [{ autoStart: { enabled: true } }, undefined, false, true],
    [{ autoStart: { enabled: true } }, undefined, true, false],
    [{ autoStart: { enabled: true } }, false, false, false],
    [{ autoStart: { enabled: false } }, undefined, false, false],
    [{ autoStart: { enabled: false } }, true, false, true],
    [null, undefined, false, false],
    [null, true, false, true],
    [null, true, true, false],
  ])(
    'begins by itself (%j, the site says %s, the platform has done so: %s): a join leaves, %s',
    async (conversations, autostart, isAutoStarted, leaves) => {
      const options = autostart === undefined ? {} : { autostart };
      const { extension } = await createExtension(conversations, options);
      extension.onEvent({ ...session, isAutoStarted });
      expect(extension.shouldSend(join)).toBe(leaves);
    },
  );
});

it('a conversation without a starter is joined before any session reports it', async () => {
  const { extension } = await createExtension(null, { autostart: true });
  expect(extension.shouldSend(join)).toBe(true);
});

describe('the connection', () => {
  it('gives tokens for REST while its session is connected, and until it ends', async () => {
    const { extension, sent } = await createExtension();
    extension.onEvent({ ...session, isConnected: false });
    expect(await extension.restTokens.get(false)).toBeNull();
    expect(sent).toEqual([]);
    extension.onEvent(session);
    const token = extension.restTokens.get(false);
    expect(sent).toEqual([{ type: 'rest-token' }]);
    // A secret is none of the core's business.
    expect(extension.onEvent({ type: 'rest-token', token: 'jwt', expiresAt: null })).toBeNull();
    expect(await token).toBe('jwt');
    extension.onConnectionClosed();
    expect(await extension.restTokens.get(false)).toBeNull();
    expect(sent).toHaveLength(1);
  });

  it('leaves nothing of a visitor to the next one', async () => {
    const { extension, sent } = await createExtension(null, { autostart: true });
    extension.onEvent({ ...session, isAutoStarted: true });
    const token = extension.restTokens.get(false);
    extension.onEvent({ type: 'rest-token', token: 'jwt', expiresAt: null });
    expect(await token).toBe('jwt');
    const clearing = extension.answer('tab', { type: 'platform', step: 'clear' });
    await vi.advanceTimersByTimeAsync(0);
    // A request whose error has not come yet.
    extension.shouldSend(typing);
    const before = sent.length;
    extension.onVisitorChange();
    expect(await clearing).toMatchObject({ problem: { code: 'signed-out' } });
    expect(await extension.restTokens.get(false)).toBeNull();
    expect(sent).toHaveLength(before);
    // Nobody has asked for anything that an error without an id could be about.
    extension.onEvent(session);
    const next = extension.answer('tab', { type: 'platform', step: 'clear' });
    await vi.advanceTimersByTimeAsync(0);
    extension.onEvent({ type: 'problem', problem: unnamedProblem });
    expect(await next).toMatchObject({ problem: { code: 'unavailable' } });
    extension.onEvent({ ...session, isAutoStarted: true });
    extension.onVisitorChange();
    // The next conversation has not begun by itself.
    expect(extension.shouldSend(join)).toBe(true);
  });

  it('takes along what waits for its answer when it ends', async () => {
    const { extension } = await createExtension();
    extension.onEvent(session);
    const link = extension.answer('tab', { type: 'file', step: 'link', attachmentId: 'a' });
    const clearing = extension.answer('tab', { type: 'platform', step: 'clear' });
    const token = extension.restTokens.get(false);
    await vi.advanceTimersByTimeAsync(0);
    extension.onConnectionClosed();
    expect(await link).toMatchObject({ problem: { code: 'network' } });
    expect(await clearing).toMatchObject({ problem: { code: 'timeout' } });
    expect(await token).toBeNull();
    expect(vi.getTimerCount()).toBeLessThanOrEqual(1);
  });

  it('hears of every session as the core does', async () => {
    const { extension } = await createExtension();
    expect(extension.onEvent(session)).toBe(session);
  });

  it('counts what leaves, so that what can wait does', async () => {
    const { extension, sent } = await createExtension();
    extension.onEvent(session);
    for (let request = 0; request < 36; request += 1) extension.shouldSend({ type: 'ping' });
    const link = extension.answer('tab', { type: 'file', step: 'link', attachmentId: 'a' });
    expect(await link).toMatchObject({ problem: { code: 'rate-limited' } });
    expect(sent).toEqual([]);
  });

  it('does not count what a deployment does not want', async () => {
    const { extension, sent } = await createExtension({ showUserTypingIndicator: false });
    extension.onEvent(session);
    for (let request = 0; request < 36; request += 1) extension.shouldSend(typing);
    void extension.answer('tab', { type: 'file', step: 'link', attachmentId: 'a' });
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual([{ type: 'refresh-attachment', attachmentId: 'a' }]);
  });
});

describe('files', () => {
  it('are as the site narrows them, and none where it wants none', async () => {
    const rules = async (uploads: GenesysCloudOptions['uploads']) => {
      const { extension } = await createExtension({}, uploads === undefined ? {} : { uploads });
      const answer = await extension.answer('tab', { type: 'file', step: 'rules' });
      return answer?.ok ? answer.value : 'refused';
    };
    expect(await rules(undefined)).toMatchObject({ maximumSize: 10 * 1_024 * 1_024 });
    expect(await rules({ maximumSize: 5 })).toMatchObject({ maximumSize: 5 });
    expect(await rules(false)).toBeNull();
  });

  it('and other calls are passed on', async () => {
    const { extension } = await createExtension();
    expect(extension.answer('tab', { type: 'send' })).toBeNull();
  });
});

describe('a session’s token', () => {
  it('waits for the deployment’s settings, 1.5 s at most', async () => {
    const { extension, fetched } = await createExtension();
    fetched.mockImplementation(() => new Promise(() => {}));
    let isThere = false;
    const token = extension.tokens
      .fetch(false, () => true)
      .then((result) => {
        isThere = true;
        return result;
      });
    await vi.advanceTimersByTimeAsync(1_499);
    expect(isThere).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await token).toMatchObject({ ok: true });
    expect(extension.tokens.current()).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is forgotten, and ended, where it is kept', async () => {
    const { extension } = await createExtension({});
    await extension.tokens.fetch(false, () => true);
    const token = extension.tokens.current();
    extension.tokens.drop(true);
    expect(extension.tokens.current()).toBeNull();
    await extension.tokens.fetch(false, () => true);
    expect(extension.tokens.current()).toBe(token);
    extension.tokens.endSession();
    expect(extension.tokens.current()).toBeNull();
    await extension.tokens.fetch(false, () => true);
    expect(extension.tokens.current()).not.toBe(token);
  });

  it('that could not be kept is logged, and is there all the same', async () => {
    const { extension, errors } = await createExtension({});
    expect(await extension.tokens.fetch(false, () => true)).toMatchObject({ ok: true });
    // There is no IndexedDB here.
    expect(errors).toContain('Session could not be stored');
  });
});

describe('the journey context of a session', () => {
  const opening = [
    { type: 'authenticate' },
    { type: 'open-conversation', routing: { skillGroups: [] } },
    { type: 'resume-conversation', conversationId: 'c' },
  ] as const;

  it('is added to what opens one, with the visitor’s cookie id, and to nothing else', async () => {
    const { extension } = await createExtension();
    expect(extension.complete?.({ type: 'authenticate' })).toEqual({ type: 'authenticate' });
    await extension.tokens.fetch(false, () => true);
    const completed = opening.map((command) => extension.complete?.(command));
    const journeyContext = {
      customer: { id: expect.stringMatching(/^[0-9a-f-]{36}$/), idType: 'cookie' },
      customerSession: { id: '', type: 'web' },
    };
    expect(completed).toEqual(opening.map((command) => ({ ...command, journeyContext })));
    // The id is no secret of the session's.
    const [token] = extension.tokens.current()?.split(' ') ?? [];
    expect(JSON.stringify(completed)).not.toContain(token);
    expect(extension.complete?.({ type: 'ping' })).toEqual({ type: 'ping' });
  });

  it('has what a page says of its visitor, until the visitor changes', async () => {
    const { extension } = await createExtension();
    await extension.tokens.fetch(false, () => true);
    const triggeringAction = { id: 'a', actionMap: { id: 'm' } };
    const context = { triggeringAction };
    await extension.answer('tab', { type: 'platform', step: 'journey', context });
    expect(extension.complete?.({ type: 'authenticate' })).toMatchObject({
      journeyContext: { triggeringAction },
    });
    extension.onVisitorChange();
    expect(extension.complete?.({ type: 'authenticate' })).not.toMatchObject({
      journeyContext: { triggeringAction },
    });
  });
});

describe('an offer of an agent', () => {
  it.each(['co-browse', 'video'] as const)(
    'of %s is declined, and goes no further',
    async (offer) => {
      const { extension, sent } = await createExtension();
      expect(extension.onEvent({ type: 'offer', offer, offerId: 'o' })).toBeNull();
      expect(sent).toEqual([{ type: 'decline-offer', offer, offerId: 'o' }]);
    },
  );
});
