import { describe, expect, it, vi } from 'vitest';
import type { GatewayEvent } from '../../../src/protocol/gateway/events.ts';
import { DeploymentSettings } from '../../../src/worker/genesys-cloud/deployment.ts';
import { LazyCalls } from '../../../src/worker/genesys-cloud/lazy-calls.ts';
import { OpenRequests } from '../../../src/worker/genesys-cloud/open-requests.ts';
import { PlatformCalls } from '../../../src/worker/genesys-cloud/platform-calls.ts';
import { Uploads } from '../../../src/worker/genesys-cloud/uploads.ts';
import { sessionEvent } from '../session-event.ts';

const rules = { type: 'file', step: 'rules' };
const link = { type: 'file', step: 'link', attachmentId: 'a' };
const limits = { mimeTypes: ['image/png'], blockedExtensions: [], maximumSize: 7 };

function create() {
  const errors: string[] = [];
  const sent: string[] = [];
  const hub = {
    epoch: 'boot.0',
    send: ({ type }: { readonly type: string }) => sent.push(type) > 0,
    call: () => Promise.reject(new Error('not called')),
    logError: (what: string) => void errors.push(what),
  };
  const settings = { current: null, soon: async () => {} };
  const deployment = new DeploymentSettings('https://files.example', hub.logError);
  const load = vi.fn(async () => ({
    platform: new PlatformCalls(hub, deployment, new OpenRequests(), { set: () => {} }),
    uploads: new Uploads(hub, {}, settings, { wait: 0 }),
  }));
  return { hub, errors, sent, load, calls: new LazyCalls(hub, load) };
}

describe('calls whose code loads at the first one', () => {
  it('do not load for other calls and events', () => {
    const { load, calls } = create();
    expect(calls.answer('tab', { type: 'send' })).toBeNull();
    const pong: GatewayEvent = { type: 'pong' };
    expect(calls.onEvent(pong)).toBe(pong);
    expect(load).not.toHaveBeenCalled();
  });

  it('know the session from before, and its limits', async () => {
    const { load, sent, calls } = create();
    calls.onEvent(sessionEvent({ uploads: limits }));
    expect(await calls.answer('tab', rules)).toMatchObject({ ok: true, value: limits });
    const answer = calls.answer('tab', link);
    await vi.waitFor(() => expect(sent).toEqual(['refresh-attachment']));
    const url = 'https://files.example/a';
    expect(calls.onEvent({ type: 'attachment-url', attachmentId: 'a', url })).toBeNull();
    expect(await answer).toMatchObject({ ok: true, value: url });
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('know the session that opens while they load', async () => {
    const { sent, calls } = create();
    const answer = calls.answer('tab', link);
    calls.onEvent(sessionEvent());
    await vi.waitFor(() => expect(sent).toEqual(['refresh-attachment']));
    calls.onConnectionClosed();
    expect(await answer).toMatchObject({ ok: false, problem: { code: 'network' } });
  });

  it.each([
    ['the connection closes', (calls: LazyCalls) => calls.onConnectionClosed()],
    [
      'the session ends',
      (calls: LazyCalls) => void calls.onEvent({ type: 'signed-out', message: '' }),
    ],
  ])('know that there is no session after %s', async (_what, happens) => {
    const { sent, calls } = create();
    calls.onEvent(sessionEvent());
    happens(calls);
    expect(await calls.answer('tab', link)).toMatchObject({ problem: { code: 'network' } });
    expect(sent).toEqual([]);
  });

  it('know that an ended conversation can still be deleted', async () => {
    const { sent, calls } = create();
    calls.onEvent(sessionEvent());
    calls.onEvent({ type: 'session-over', reason: 'expired', message: '' });
    const deletion = calls.answer('tab', { type: 'platform', step: 'clear' });
    await vi.waitFor(() => expect(sent).toEqual(['clear-conversation']));
    calls.onVisitorChange();
    expect(await deletion).toMatchObject({ problem: { code: 'signed-out' } });
  });

  it('refuse a call when they can’t be loaded, and try again at the next', async () => {
    const { errors, load, calls } = create();
    load.mockRejectedValueOnce(new TypeError('Failed to fetch dynamically imported module'));
    expect(await calls.answer('tab', rules)).toMatchObject({
      ok: false,
      epoch: 'boot.0',
      problem: { code: 'unavailable' },
    });
    expect(errors).toEqual(['A script of the hub could not be loaded']);
    expect(await calls.answer('tab', rules)).toMatchObject({ ok: true });
  });

  it('do nothing for a visitor who has gone while they loaded', async () => {
    const { hub, sent, calls } = create();
    calls.onEvent(sessionEvent());
    const answer = calls.answer('tab', link);
    hub.epoch = 'boot.1';
    expect(await answer).toMatchObject({
      ok: false,
      epoch: 'boot.0',
      problem: { code: 'signed-out' },
    });
    expect(sent).toEqual([]);
  });
});
