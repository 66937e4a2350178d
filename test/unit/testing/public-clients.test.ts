import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { GatewayOptions } from '../../../src/testing/index.ts';
import { adapterOf, GenesysClient, history } from './genesys-client.ts';
import { gatewayForTest } from './support.ts';

// What public clients of the GenesysClient API send and expect: see 'Other clients' in docs/genesys-cloud.md.

const start = (options: GatewayOptions = {}) =>
  gatewayForTest({ dialect: 'genesys-cloud', ...options });

const presence = (type: string) => ({ eventType: 'Presence', presence: { type } });
const placeSchema = z.object({
  attachmentId: z.string(),
  url: z.string(),
  headers: z.record(z.string(), z.string()),
});
const hexadecimal = /^[0-9a-f]{32}$/;

/** Asks for a place as clients do that leave the id to the platform. */
async function upload(guest: GenesysClient, fileType = 'image/png'): Promise<string> {
  guest.send({ action: 'onAttachment', fileName: 'a.png', fileSize: 3, fileType });
  const { body } = await guest.next('PresignedUrlResponse');
  const { attachmentId, url, headers } = placeSchema.parse(body);
  const type = { 'content-type': fileType };
  await fetch(url, { method: 'PUT', headers: { ...headers, ...type }, body: 'abc' });
  expect(await guest.next('UploadSuccessEvent')).toMatchObject({ body: { attachmentId } });
  return attachmentId;
}

describe('the emulator of Genesys Cloud takes', () => {
  it('a file whose id it has to choose, and a message of nothing else', async () => {
    const gateway = await start();
    const guest = await new GenesysClient(gateway).opened();
    const id = await upload(guest);
    const content = [{ contentType: 'Attachment', attachment: { id } }];
    guest.send({ action: 'onMessage', message: { content, metadata: { id: 'm' } } });
    const { body } = await guest.next('StructuredMessage');
    expect(body).toMatchObject({
      type: 'Text',
      direction: 'Inbound',
      content: [{ attachment: { id, filename: 'a.png', mediaType: 'Image', mime: 'image/png' } }],
    });
    expect(body).not.toHaveProperty('text');
    const { conversationId } = await gateway.agent.nextQueued();
    expect(await gateway.agent.transcript(conversationId)).toMatchObject([
      { text: '', files: [{ attachmentId: id }] },
    ]);
    const told = await history(gateway, guest);
    expect(told).toMatchObject({ value: { messages: [{ text: '' }] } });
  });

  it('files that are named beside the message', async () => {
    const guest = await new GenesysClient(await start()).opened();
    const id = await upload(guest);
    const message = { type: 'Text', text: '' };
    guest.send({ action: 'onMessage', message, attachmentIds: [id] });
    expect(await guest.next('StructuredMessage')).toMatchObject({
      body: { content: [{ attachment: { id } }] },
    });
  });

  it('any image where the deployment allows all of them, and refuses one without an id', async () => {
    const guest = await new GenesysClient(
      await start({ uploads: { mimeTypes: ['image/*'] } }),
    ).opened();
    await upload(guest, 'image/webp');
    guest.send({ action: 'onAttachment', fileName: 'a.txt', fileSize: 3, fileType: 'text/plain' });
    const { body } = await guest.next('GenerateUrlError');
    expect(body).toMatchObject({ errorCode: 4001 });
    expect(body).not.toHaveProperty('attachmentId');
  });

  it('an echo without a token, of whoever opened the connection', async () => {
    const gateway = await start();
    const guest = await new GenesysClient(gateway).opened();
    guest.sendBare({ action: 'echo', message: { type: 'Text', text: 'ping' } });
    expect(await guest.next('StructuredMessage')).toMatchObject({
      type: 'response',
      body: { text: 'ping' },
    });
    const stranger = new GenesysClient(gateway);
    await once(stranger.socket, 'open');
    stranger.sendBare({ action: 'echo', message: { type: 'Text', text: 'ping' } });
    expect(await stranger.next('string')).toMatchObject({ code: 4007 });
  });

  it('custom attributes beside the message and in it', async () => {
    const gateway = await start();
    const guest = await new GenesysClient(gateway).opened();
    const channelWith = (customAttributes: object) => ({ metadata: { customAttributes } });
    guest.send({
      action: 'onMessage',
      message: { type: 'Text', text: 'hi', channel: channelWith({ both: 'in', plan: 'gold' }) },
      channel: channelWith({ both: 'beside', skillGroups: 'Billing' }),
    });
    expect((await gateway.agent.nextQueued()).routing).toMatchObject({
      skillGroups: ['Billing'],
      attributes: { both: 'in', plan: 'gold' },
    });
  });

  it('a channel without attributes', async () => {
    const guest = await new GenesysClient(await start()).opened();
    const channel = { metadata: {} };
    guest.send({ action: 'onMessage', message: { type: 'Text', text: 'hi', channel }, channel });
    await guest.next('StructuredMessage');
  });

  it('what was pressed without a text: the agent reads it, and the bot answers it', async () => {
    const gateway = await start({ bot: { afterMs: 1, typingMs: 1 } });
    const guest = await new GenesysClient(gateway).opened();
    const text = 'Send me glaze samples';
    const buttonResponse = { type: 'QuickReply', text, payload: text };
    const content = [{ contentType: 'ButtonResponse', buttonResponse }];
    guest.send({ action: 'onMessage', message: { type: 'Text', content } });
    const { conversationId } = await gateway.agent.nextQueued();
    const [message] = await gateway.agent.transcript(conversationId);
    expect(message).toMatchObject({ text: '', parts: [{ title: 'Answer', text }] });
    await guest.next('StructuredMessage');
    await guest.next('StructuredMessage');
    expect(await guest.next('StructuredMessage')).toMatchObject({
      body: { text: expect.stringContaining('Which may we send you?') },
    });
  });

  it('an answer of no declared type', async () => {
    const guest = await new GenesysClient(await start()).opened();
    const buttonResponse = { type: 'Button', text: 'Yes', payload: 'yes' };
    const content = [{ contentType: 'ButtonResponse', buttonResponse }];
    guest.send({ action: 'onMessage', message: { content } });
    expect(await guest.next('StructuredMessage')).toMatchObject({ body: { type: 'Structured' } });
    guest.send({ action: 'onMessage', message: { events: [presence('Join')] } });
    expect(await guest.next('StructuredMessage')).toMatchObject({ body: { type: 'Event' } });
  });

  it('resumeToken, and the configuration before there is a session', async () => {
    const gateway = await start();
    const guest = new GenesysClient(gateway);
    await once(guest.socket, 'open');
    const { deploymentId } = gateway;
    guest.send({ action: 'getConfiguration', tracingId: 't', deploymentId: 'another' });
    expect(await guest.next('string')).toMatchObject({ code: 4007 });
    guest.send({ action: 'getConfiguration', tracingId: 't', deploymentId });
    expect(await guest.next('GetConfigurationResponse')).toMatchObject({ tracingId: 't' });
    guest.send({ action: 'configureSession', deploymentId, resumeToken: 'r' });
    await guest.next('SessionResponse');
    guest.send({ action: 'resumeToken', tracingId: 'u' });
    expect(await guest.next('ResumeTokenResponse')).toMatchObject({
      tracingId: 'u',
      body: { resumeToken: expect.any(String), exp: expect.any(Number) },
    });
  });

  it('nothing that is malformed, and says where', async () => {
    const guest = await new GenesysClient(await start()).opened();
    guest.send({ action: 'onMessage', message: { type: 'Letter', text: 'hi' } });
    expect(await guest.next('string')).toMatchObject({
      code: 400,
      body: expect.stringContaining('message.type'),
    });
  });
});

describe('the emulator of Genesys Cloud tells', () => {
  it('of a Join to all connections, and lets its bot welcome whoever joins, once', async () => {
    const gateway = await start({ bot: { afterMs: 100, typingMs: 1, name: 'Botty' } });
    const guest = await new GenesysClient(gateway).opened();
    const other = await new GenesysClient(gateway, guest.token).opened();
    guest.sendEvent(presence('Join'), 'join-1');
    guest.sendEvent(presence('Join'), 'join-2');
    for (const each of [guest, other]) {
      expect(await each.next('StructuredMessage')).toMatchObject({
        type: 'message',
        tracingId: 'join-1',
        body: { type: 'Event', direction: 'Inbound', events: [presence('Join')] },
      });
    }
    expect(await guest.next('StructuredMessage')).toMatchObject({ tracingId: 'join-2' });
    expect(await guest.next('StructuredMessage')).toMatchObject({
      body: { events: [{ eventType: 'Typing' }] },
    });
    const { body } = await guest.next('StructuredMessage');
    expect(body).toMatchObject({
      type: 'Structured',
      direction: 'Outbound',
      originatingEntity: 'Bot',
      id: expect.stringMatching(hexadecimal),
      text: expect.stringMatching(/^Hello, I am Botty\..*\.$/),
      channel: { from: {} },
    });
    expect(body).not.toHaveProperty('channel.messageId');
    guest.says('My order is late');
    await guest.next('StructuredMessage');
    await guest.next('StructuredMessage');
    expect(await guest.next('StructuredMessage')).toMatchObject({
      body: { text: expect.stringMatching(/^Orders leave our warehouse/) },
    });
  });

  it('a bot’s message under one id, live and in the history', async () => {
    const gateway = await start();
    const guest = await new GenesysClient(gateway).opened();
    guest.says('hello');
    await guest.next('StructuredMessage');
    const { conversationId } = await gateway.agent.nextQueued();
    const from = { id: 'bot', name: 'Botty', role: 'bot' } as const;
    const { messageId } = await gateway.agent.say(conversationId, 'beep', { from });
    const frame = await guest.next('StructuredMessage');
    const [event] = adapterOf(gateway).decode(JSON.stringify(frame));
    expect(event).toMatchObject({
      message: { messageId, from: { id: 'bot', name: '', role: 'bot' }, text: 'beep' },
    });
    const told = await history(gateway, guest);
    expect(told).toMatchObject({ value: { messages: [{ text: 'hello' }, { messageId }] } });
  });

  it('an agent’s name and picture, and neither of one without a name', async () => {
    const gateway = await start();
    const guest = await new GenesysClient(gateway).opened();
    guest.says('hello');
    expect(await guest.next('StructuredMessage')).toMatchObject({
      body: { originatingEntity: '', channel: { from: {} } },
    });
    const { conversationId } = await gateway.agent.nextQueued();
    const image = 'https://pictures.example/ada.png';
    await gateway.agent.accept(conversationId, { id: 'ada', name: 'Ada', image });
    await gateway.agent.say(conversationId, 'hi');
    expect(await guest.next('StructuredMessage')).toMatchObject({
      body: { originatingEntity: 'Human', channel: { from: { nickname: 'Ada', image } } },
    });
    const from = { id: 'x', name: '', role: 'agent' } as const;
    await gateway.agent.say(conversationId, 'and I', { from });
    const { body } = await guest.next('StructuredMessage');
    expect(z.object({ channel: z.looseObject({}) }).parse(body).channel.from).toEqual({});
  });

  it('the visitor’s typing to the agent and back, and the agent’s with its duration', async () => {
    const gateway = await start();
    const guest = await new GenesysClient(gateway).opened();
    const typing = { eventType: 'Typing', typing: { type: 'On' } };
    guest.sendEvent(typing, 'typing-1');
    expect(await guest.next('StructuredMessage')).toMatchObject({
      tracingId: 'typing-1',
      body: { type: 'Event', direction: 'Inbound', events: [typing] },
    });
    guest.says('hello');
    await guest.next('StructuredMessage');
    const { conversationId } = await gateway.agent.nextQueued();
    const heard = new Promise((resolve) => {
      gateway.agent.subscribe((event) => event.type === 'typing' && resolve(event));
    });
    guest.sendEvent(typing);
    expect(await heard).toMatchObject({ conversationId, from: { role: 'visitor' } });
    await guest.next('StructuredMessage');
    await gateway.agent.typing(conversationId);
    expect(await guest.next('StructuredMessage')).toMatchObject({
      body: {
        direction: 'Outbound',
        originatingEntity: 'Human',
        events: [{ eventType: 'Typing', typing: { type: 'On', duration: 5_000 } }],
      },
    });
  });

  it('of a Clear as a live session did, forgets what was said, and begins anew', async () => {
    const gateway = await start();
    const guest = await new GenesysClient(gateway).opened();
    guest.says('hello');
    await guest.next('StructuredMessage');
    guest.send({ action: 'getJwt' });
    const { jwt } = z.object({ jwt: z.string() }).parse((await guest.next('JwtResponse')).body);
    const { conversationId } = await gateway.agent.nextQueued();
    guest.send({ action: 'disconnectCustomer' });
    expect(await guest.next('string')).toMatchObject({ code: 400 });
    const closed = once(guest.socket, 'close');
    const heard: unknown[] = [];
    guest.socket.on('message', (data) => heard.push(JSON.parse(String(data))));
    guest.sendEvent(presence('Clear'), 'clear-1');
    await closed;
    expect(heard).toMatchObject([
      {
        class: 'StructuredMessage',
        tracingId: 'clear-1',
        body: { direction: 'Inbound', events: [presence('Clear')] },
      },
      { type: 'message', class: 'SessionClearedEvent', code: 200 },
      { type: 'message', class: 'ConnectionClosedEvent', code: 200 },
    ]);
    const [conversation] = await gateway.agent.conversations();
    expect(conversation).toMatchObject({ conversationId, status: 'ended' });
    const call = { type: 'history-since', conversationId: 'c', since: 0, cursor: null } as const;
    const { url, headers } = adapterOf(gateway).request(call, jwt);
    expect((await fetch(url, { headers })).status).toBe(401);
    const again = new GenesysClient(gateway, guest.token);
    expect(await again.session()).toMatchObject({ connected: true, newSession: true });
    expect(await history(gateway, again)).toMatchObject({ value: { messages: [] } });
  });

  it('of a closed session before the connection closes, and closes the others', async () => {
    const gateway = await start();
    const guest = await new GenesysClient(gateway).opened();
    const other = await new GenesysClient(gateway, guest.token).opened();
    const closed = [once(guest.socket, 'close'), once(other.socket, 'close')];
    guest.send({ action: 'closeSession', tracingId: 'close-1', closeAllConnections: true });
    expect(await guest.next('SessionResponse')).toMatchObject({
      tracingId: 'close-1',
      body: { connected: false },
    });
    await other.next('ConnectionClosedEvent');
    await Promise.all(closed);
  });

  it('of a closed session, and opens the next one on the same connection', async () => {
    const gateway = await start();
    const guest = await new GenesysClient(gateway).opened();
    const other = await new GenesysClient(gateway, guest.token).opened();
    other.send({ action: 'closeSession', closeAllConnections: false });
    await once(other.socket, 'close');
    guest.send({ action: 'closeSession', closeAllConnections: false });
    await guest.next('SessionResponse');
    guest.says('too late');
    expect(await guest.next('string')).toMatchObject({ code: 4007 });
    const { deploymentId } = gateway;
    guest.send({ action: 'configureSession', deploymentId, startNew: true });
    await guest.next('SessionResponse');
    guest.says('hello');
    await guest.next('StructuredMessage');
  });

  it('the history with what happened between the messages', async () => {
    let now = Date.parse('2026-10-01T10:00:00Z');
    const gateway = await start({ clock: () => now });
    const guest = await new GenesysClient(gateway).opened();
    guest.sendEvent(presence('Join'));
    await guest.next('StructuredMessage');
    now += 1_000;
    guest.says('hello');
    await guest.next('StructuredMessage');
    now += 1_000;
    await gateway.agent.end((await gateway.agent.nextQueued()).conversationId);
    await guest.next('StructuredMessage');
    guest.send({ action: 'getJwt' });
    const { jwt } = z.object({ jwt: z.string() }).parse((await guest.next('JwtResponse')).body);
    const url = `${gateway.apiUrl}/api/v2/webmessaging/messages?pageSize=2`;
    const headers = { authorization: `Bearer ${jwt}` };
    expect(await (await fetch(url, { headers })).json()).toMatchObject({
      entities: [{ type: 'Event', events: [presence('Disconnect')] }, { text: 'hello' }],
      total: 3,
      pageCount: 2,
    });
    expect(await (await fetch(`${url}&pageNumber=2`, { headers })).json()).toMatchObject({
      entities: [{ type: 'Event', direction: 'Inbound', events: [presence('Join')] }],
    });
    const told = await history(gateway, guest);
    expect(told).toMatchObject({ value: { messages: [{ text: 'hello' }], invalidCount: 0 } });
  });

  it('whoever deletes a file by a message', async () => {
    const guest = await new GenesysClient(await start()).opened();
    const attachmentId = await upload(guest);
    guest.send({ action: 'deleteAttachment', attachmentId, tracingId: 't' });
    expect(await guest.next('AttachmentDeletedResponse')).toMatchObject({
      type: 'message',
      tracingId: 't',
      body: { attachmentId },
    });
  });

  it('a read-only session that nobody can join it', async () => {
    const gateway = await start();
    const guest = await new GenesysClient(gateway).opened();
    guest.says('hello');
    await guest.next('StructuredMessage');
    await gateway.agent.end((await gateway.agent.nextQueued()).conversationId);
    await guest.next('StructuredMessage');
    guest.sendEvent(presence('Join'));
    expect(await guest.next('StructuredMessage', 'string')).toMatchObject({ code: 409 });
  });
});
