import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { z } from 'zod';
import type { GatewayOptions } from '../../../src/testing/index.ts';
import { adapterOf, GenesysClient, history } from './genesys-client.ts';
import { gatewayForTest } from './support.ts';

const start = (options: GatewayOptions = {}) =>
  gatewayForTest({ dialect: 'genesys-cloud', ...options });

describe('the emulator of Genesys Cloud', () => {
  it('lets the oldest of four connections of a session go', async () => {
    const gateway = await start();
    const first = await new GenesysClient(gateway).opened();
    const closed = once(first.socket, 'close');
    for (let index = 0; index < 3; index += 1)
      await new GenesysClient(gateway, first.token).opened();
    expect(await first.next('ConnectionClosedEvent')).toMatchObject({ code: 200 });
    await closed;
    expect(gateway.stats.authenticated).toBe(3);
  });

  it('tells every connection of a session what was said, with the tracing id', async () => {
    const gateway = await start();
    const first = await new GenesysClient(gateway).opened();
    const second = await new GenesysClient(gateway, first.token).opened();
    first.says('hello', 'own-1');
    for (const guest of [first, second]) {
      expect(await guest.next('StructuredMessage')).toMatchObject({
        tracingId: 'own-1',
        body: { text: 'hello', direction: 'Inbound' },
      });
    }
  });

  it('keeps a message as often as it is sent, under other ids live and in the history', async () => {
    const gateway = await start({ historyKeepsIds: false });
    const guest = await new GenesysClient(gateway).opened();
    guest.says('hello', 'own-1');
    guest.says('hello', 'own-1');
    const adapter = adapterOf(gateway);
    const live = [await guest.next('StructuredMessage'), await guest.next('StructuredMessage')];
    const reported = await history(gateway, guest);
    const messages =
      reported.ok && reported.value.type === 'history' ? reported.value.messages : [];
    expect(messages).toHaveLength(2);
    for (const [index, frame] of live.entries()) {
      const [event] = adapter.decode(JSON.stringify(frame));
      const aliases = event?.type === 'message' ? event.message.aliases : [];
      expect(messages[index]?.messageId).not.toBe('own-1');
      expect(aliases).toContain(messages[index]?.messageId);
    }
  });

  it('knows an agent, typing, and a read-only end', async () => {
    const gateway = await start();
    const guest = await new GenesysClient(gateway).opened();
    guest.says('hello');
    const { conversationId } = await gateway.agent.nextQueued();
    await gateway.agent.accept(conversationId);
    await guest.next('StructuredMessage');
    await gateway.agent.say(conversationId, 'hi');
    expect(await guest.next('StructuredMessage')).toMatchObject({
      body: { text: 'hi', direction: 'Outbound', originatingEntity: 'Human' },
    });
    await gateway.agent.end(conversationId);
    expect(await guest.next('StructuredMessage')).toMatchObject({
      body: { type: 'Event', metadata: { readOnly: 'true' } },
    });
    guest.says('too late');
    expect(await guest.next('string')).toMatchObject({ code: 409 });
  });

  it('counts echoes, messages and looks into the history', async () => {
    const gateway = await start();
    const guest = await new GenesysClient(gateway).opened();
    for (let index = 0; index < 3; index += 1) {
      guest.send({ action: 'echo', message: { type: 'Text', text: 'ping' } });
    }
    expect(await guest.next('TooManyRequestsErrorMessage')).toMatchObject({ code: 429 });
    for (let index = 0; index < 6; index += 1) guest.says(`m${index}`);
    expect(await guest.next('TooManyRequestsErrorMessage')).toMatchObject({
      body: { errorCode: 4029, retryAfter: 1 },
    });
    for (let index = 0; index < 10; index += 1) {
      expect(await history(gateway, guest)).toMatchObject({ ok: true });
    }
    expect(await history(gateway, guest)).toMatchObject({ failure: { kind: 'rate-limited' } });
    expect(gateway.stats.violations.map(({ violation }) => violation)).toEqual(
      Array(3).fill('over-the-limit'),
    );
  });

  it('expires sessions, and refuses other deployments and origins', async () => {
    const gateway = await start();
    const guest = await new GenesysClient(gateway).opened();
    gateway.faults.expireTokens();
    await guest.next('SessionExpiredEvent');
    guest.says('anybody?');
    expect(await guest.next('string')).toMatchObject({ code: 4006 });
    guest.send({ action: 'configureSession', deploymentId: 'another' });
    expect(await guest.next('string')).toMatchObject({ code: 403 });
    const elsewhere = new WebSocket(gateway.socketUrl, { origin: 'https://evil.example' });
    const [error] = await once(elsewhere, 'error');
    expect(String(error)).toContain('403');
  });

  it('begins another conversation in the same session, where the first one’s end leaves it open', async () => {
    const gateway = await start({ deployment: { endsSession: false } });
    const guest = await new GenesysClient(gateway).opened();
    guest.says('first');
    await guest.next('StructuredMessage');
    const { conversationId } = await gateway.agent.nextQueued();
    await gateway.agent.end(conversationId);
    const { body } = await guest.next('StructuredMessage');
    expect(body).toMatchObject({ type: 'Event', events: [{ presence: { type: 'Disconnect' } }] });
    expect(body).not.toHaveProperty('metadata.readOnly');
    guest.says('second');
    await guest.next('StructuredMessage');
    expect((await gateway.agent.nextQueued()).conversationId).not.toBe(conversationId);
    expect(await history(gateway, guest)).toMatchObject({
      value: { messages: [{ text: 'first' }, { text: 'second' }] },
    });
  });

  describe('files', () => {
    const request = { action: 'onAttachment', fileName: 'a.png', fileType: 'image/png' };
    const placeSchema = z.object({ url: z.string(), headers: z.record(z.string(), z.string()) });

    async function placed(guest: GenesysClient, attachmentId: string) {
      guest.send({ ...request, attachmentId, fileSize: 3 });
      const { body } = await guest.next('PresignedUrlResponse');
      return placeSchema.parse(body);
    }

    async function upload(guest: GenesysClient, attachmentId: string): Promise<void> {
      const { url, headers } = await placed(guest, attachmentId);
      const body = new Blob(['abc'], { type: 'image/png' });
      const response = await fetch(url, { method: 'PUT', headers, body });
      expect(response.status).toBe(200);
      await guest.next('UploadSuccessEvent');
    }

    const withFile = (attachmentId: string) => ({
      action: 'onMessage',
      message: {
        type: 'Text',
        text: '',
        content: [{ contentType: 'Attachment', attachment: { id: attachmentId } }],
      },
    });

    it('are uploaded, brought by a message, and read by the agent', async () => {
      const gateway = await start();
      const guest = await new GenesysClient(gateway).opened();
      await upload(guest, 'a');
      guest.send(withFile('a'));
      expect(await guest.next('StructuredMessage')).toMatchObject({
        body: { content: [{ attachment: { id: 'a', filename: 'a.png', fileSize: 3 } }] },
      });
      const { conversationId } = await gateway.agent.nextQueued();
      const [message] = await gateway.agent.transcript(conversationId);
      expect(message?.files).toMatchObject([{ name: 'a.png', type: 'image/png', size: 3 }]);
      expect(await (await fetch(message?.files?.[0]?.url ?? '')).text()).toBe('abc');
      expect(await history(gateway, guest)).toMatchObject({
        value: { messages: [{ content: [{ type: 'attachment', attachmentId: 'a' }] }] },
      });
    });

    it('are not sent with other headers than announced', async () => {
      const guest = await new GenesysClient(await start()).opened();
      const { url, headers } = await placed(guest, 'a');
      const type = { 'content-type': 'image/png' };
      const others = [type, { ...type, 'x-amz-tagging': 'x' }, headers];
      for (const other of [...others, { ...headers, 'content-type': 'image/gif' }]) {
        const init = { method: 'PUT', headers: other, body: new Uint8Array([1]) };
        expect((await fetch(url, init)).status).toBe(403);
      }
      expect((await fetch(`${url}x`, { method: 'PUT', headers, body: 'a' })).status).toBe(404);
    });

    it.each([
      [{ fileName: 'a.exe' }, 4001],
      [{ fileType: 'video/mp4' }, 4001],
      [{ fileSize: 10_485_761 }, 4002],
      [{ fileName: 'a:b.png' }, 4004],
      [{ fileName: `${'a'.repeat(256)}.png` }, 4005],
      [{ fileSize: 0 }, 4102],
    ])('have no place with %o', async (part, errorCode) => {
      const guest = await new GenesysClient(await start()).opened();
      guest.send({ ...request, attachmentId: 'a', fileSize: 3, ...part });
      expect(await guest.next('GenerateUrlError')).toMatchObject({
        code: 200,
        body: { attachmentId: 'a', errorCode },
      });
    });

    it('fail as a test wishes, before and after the upload', async () => {
      const gateway = await start();
      const guest = await new GenesysClient(gateway).opened();
      gateway.faults.answer({ type: 'onAttachment', code: '4029', retryAfter: 2 });
      guest.send({ ...request, attachmentId: 'a' });
      expect(await guest.next('TooManyRequestsErrorMessage')).toMatchObject({
        body: { retryAfter: 2 },
      });
      gateway.faults.answer({ type: 'upload', code: '4003' });
      const { url, headers } = await placed(guest, 'b');
      await fetch(url, { method: 'PUT', headers, body: new Blob(['a'], { type: 'image/png' }) });
      expect(await guest.next('UploadFailureEvent')).toMatchObject({
        code: 200,
        body: { attachmentId: 'b', errorCode: 4003 },
      });
    });

    it('must be there when a message brings them, and are gone once they are deleted', async () => {
      const guest = await new GenesysClient(await start()).opened();
      guest.send(withFile('a'));
      expect(await guest.next('string')).toMatchObject({ code: 4009 });
      await placed(guest, 'a');
      guest.send(withFile('a'));
      expect(await guest.next('string')).toMatchObject({ code: 4010 });
      await upload(guest, 'b');
      guest.send({ action: 'deleteAttachment', attachmentId: 'b' });
      await guest.next('AttachmentDeletedResponse');
      guest.send(withFile('b'));
      expect(await guest.next('string')).toMatchObject({ code: 4009 });
    });

    it('have addresses that run out, and fresh ones for the asking', async () => {
      let now = Date.now();
      const gateway = await start({ clock: () => now, fileLinkLife: 600 });
      const guest = await new GenesysClient(gateway).opened();
      await upload(guest, 'a');
      const link = async () => {
        guest.send({ action: 'getAttachment', attachmentId: 'a' });
        const { body } = await guest.next('PresignedUrlResponse');
        expect(body).toMatchObject({ headers: {}, fileSize: 3 });
        return placeSchema.parse(body).url;
      };
      const first = await link();
      expect((await fetch(first)).status).toBe(200);
      now += 600_000;
      expect((await fetch(first)).status).toBe(403);
      expect((await fetch(await link())).status).toBe(200);
    });

    it('are off where the deployment has none', async () => {
      const guest = await new GenesysClient(await start({ uploads: false })).opened();
      guest.send({ ...request, attachmentId: 'a' });
      expect(await guest.next('string')).toMatchObject({ code: 4000 });
    });
  });
});
