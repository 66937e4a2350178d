import { describe, expect, it, vi } from 'vitest';
import type { GatewayEvent } from '../../../src/protocol/gateway/events.ts';
import { LazyUploads } from '../../../src/worker/genesys-cloud/lazy-uploads.ts';
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
  const load = vi.fn(async () => new Uploads(hub, {}, settings, { wait: 0 }));
  return { hub, errors, sent, load, uploads: new LazyUploads(hub, load) };
}

describe('uploads that load at the first call', () => {
  it('do not load for other calls and events', () => {
    const { load, uploads } = create();
    expect(uploads.call('tab', { type: 'platform' })).toBeNull();
    const pong: GatewayEvent = { type: 'pong' };
    expect(uploads.onEvent(pong)).toBe(pong);
    expect(load).not.toHaveBeenCalled();
  });

  it('know the session from before, and its limits', async () => {
    const { load, sent, uploads } = create();
    uploads.onEvent(sessionEvent({ uploads: limits }));
    expect(await uploads.call('tab', rules)).toMatchObject({ ok: true, value: limits });
    const answer = uploads.call('tab', link);
    await vi.waitFor(() => expect(sent).toEqual(['refresh-attachment']));
    const url = 'https://files.example/a';
    expect(uploads.onEvent({ type: 'attachment-url', attachmentId: 'a', url })).toBeNull();
    expect(await answer).toMatchObject({ ok: true, value: url });
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('know the session that opens while they load', async () => {
    const { sent, uploads } = create();
    const answer = uploads.call('tab', link);
    uploads.onEvent(sessionEvent());
    await vi.waitFor(() => expect(sent).toEqual(['refresh-attachment']));
    uploads.onConnectionClosed();
    expect(await answer).toMatchObject({ ok: false, problem: { code: 'network' } });
  });

  it.each([
    ['the connection closes', (uploads: LazyUploads) => uploads.onConnectionClosed()],
    [
      'the session ends',
      (uploads: LazyUploads) => void uploads.onEvent({ type: 'signed-out', message: '' }),
    ],
  ])('know that there is no session after %s', async (_what, happens) => {
    const { sent, uploads } = create();
    uploads.onEvent(sessionEvent());
    happens(uploads);
    expect(await uploads.call('tab', link)).toMatchObject({ problem: { code: 'network' } });
    expect(sent).toEqual([]);
  });

  it('refuse a call when they can’t be loaded, and try again at the next', async () => {
    const { errors, load, uploads } = create();
    load.mockRejectedValueOnce(new TypeError('Failed to fetch dynamically imported module'));
    expect(await uploads.call('tab', rules)).toMatchObject({
      ok: false,
      epoch: 'boot.0',
      problem: { code: 'unavailable' },
    });
    expect(errors).toEqual(['The code for files could not be loaded']);
    expect(await uploads.call('tab', rules)).toMatchObject({ ok: true });
  });

  it('do nothing for a visitor who has gone while they loaded', async () => {
    const { hub, sent, uploads } = create();
    uploads.onEvent(sessionEvent());
    const answer = uploads.call('tab', link);
    hub.epoch = 'boot.1';
    expect(await answer).toMatchObject({
      ok: false,
      epoch: 'boot.0',
      problem: { code: 'signed-out' },
    });
    expect(sent).toEqual([]);
  });
});
