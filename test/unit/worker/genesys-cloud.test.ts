import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { GatewayEvent } from '../../../src/protocol/gateway/events.ts';
import type { GatewayExtension } from '../../../src/protocol/gateway/extension.ts';
import { requestIds } from '../../../src/protocol/genesys-cloud/request-ids.ts';
import type { CallAnswer } from '../../../src/protocol/port.ts';
import { genesysCloud } from '../../../src/worker/genesys-cloud/extension.ts';

/** A hub's connection with its gateway extension; `hears` returns the events for the core. */
class Line {
  readonly sent: string[] = [];
  readonly extension: GatewayExtension;
  readonly #gateway = genesysCloud({ deploymentId: 'd', region: 'eu-west-1' });

  constructor() {
    const hub = {
      epoch: 'boot',
      send: (command: GatewayCommand) => this.sends(command),
      call: () => Promise.reject(new Error('not called')),
      logError: () => {},
    };
    const extension = this.#gateway.createExtension?.(hub, '');
    if (!extension) throw new Error('the dialect has an extension');
    this.extension = extension;
    this.hears({ class: 'SessionResponse', code: 200, body: { connected: true } });
  }

  /** As the core or somebody beside it does. */
  sends(command: GatewayCommand): boolean {
    if (!this.extension.shouldSend(command)) return true;
    this.sent.push(...this.#gateway.encode(command, 'secret'));
    return true;
  }

  says(messageId: string): this {
    this.sends({ type: 'send-message', conversationId: 'c', messageId, text: 'hi' });
    return this;
  }

  hears(frame: object): GatewayEvent[] {
    const events = this.#gateway.decode(JSON.stringify({ type: 'response', ...frame }));
    return events.flatMap((event) => this.extension.onEvent(event) ?? []);
  }

  /** @param tracingId of the request that it names; without it, of none */
  refuses(code: number, tracingId?: string): GatewayEvent[] {
    return this.hears({ class: 'string', code, body: 'words', tracingId });
  }

  calls(call: object): Promise<CallAnswer> {
    const answer = this.extension.answer('tab', call);
    if (!answer) throw new Error('another call');
    return answer;
  }

  async clears(): Promise<{ readonly answer: Promise<CallAnswer> }> {
    // Any call, so that the code for the next one has loaded.
    await this.calls({ type: 'platform', step: 'unknown' });
    return { answer: this.calls({ type: 'platform', step: 'clear' }) };
  }

  /** The tracing id of the newest request. */
  get tracingId(): string {
    return JSON.parse(this.sent.at(-1) ?? '{}').tracingId;
  }
}

const problemOf = (messageId: string | null) => [{ type: 'problem', problem: { messageId } }];

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('an error', () => {
  it.each([400, 403, 404, 4000])('that names a request of ours costs no message (%i)', (code) => {
    const line = new Line().says('m');
    for (const command of [
      { type: 'typing', conversationId: 'c', isTyping: true },
      { type: 'ping' },
      { type: 'end-conversation' },
      { type: 'clear-conversation' },
      { type: 'rest-token' },
    ] as const) {
      line.sends(command);
      const { tracingId } = line;
      expect(Object.values(requestIds)).toContain(tracingId);
      expect(line.refuses(code, tracingId)).toMatchObject(problemOf(tracingId));
    }
  });

  it('that names the token’s request rejects its caller', async () => {
    const line = new Line();
    const token = line.extension.restTokens.get(false);
    line.refuses(400, requestIds.jwt);
    expect(await token).toBeNull();
  });

  it('without a name is charged to one: a file, a fresh address, a token, and then the message', async () => {
    const line = new Line().says('m');
    const token = line.extension.restTokens.get(false);
    const link = line.calls({ type: 'file', step: 'link', attachmentId: 'link' });
    const file = new File(['abc'], 'a.png', { type: 'image/png' });
    await line.calls({ type: 'file', step: 'begin', messageId: 'f', text: '', file });
    await vi.advanceTimersByTimeAsync(0);
    const fileId = line.tracingId;
    const after = { stage: 'asking', percent: 0 };
    const wait = line.calls({ type: 'file', step: 'wait', messageId: 'f', after });

    expect(line.refuses(400)).toMatchObject(problemOf(fileId));
    expect(await wait).toMatchObject({ problem: { code: 'file-lost' } });
    expect(line.refuses(400)).toMatchObject(problemOf('link'));
    expect(await link).toMatchObject({ problem: { code: 'unavailable' } });
    expect(line.refuses(400)).toMatchObject(problemOf(requestIds.jwt));
    expect(await token).toBeNull();
    expect(line.refuses(400)).toMatchObject(problemOf(null));
  });
});

describe('clearing that is refused without a name', () => {
  it('is answered at once while nothing else is pending', async () => {
    const line = new Line().says('m');
    const body = { id: 'i', type: 'Text', text: 'hi', direction: 'Inbound' };
    line.hears({ class: 'StructuredMessage', code: 200, body, tracingId: 'm' });
    line.sends({ type: 'typing', conversationId: 'c', isTyping: true });
    // Nothing is said of that but an error, and none has come.
    await vi.advanceTimersByTimeAsync(10_000);
    line.sends({ type: 'ping' });
    const pong = { type: 'Text', text: 'ping', direction: 'Inbound' };
    line.hears({ class: 'StructuredMessage', code: 200, body: pong, tracingId: line.tracingId });
    const { answer } = await line.clears();
    expect(line.refuses(4000)).toMatchObject(problemOf(requestIds.clear));
    expect(await answer).toMatchObject({ problem: { code: 'forbidden' } });
  });

  it.each([
    ['a message', { type: 'send-message', conversationId: 'c', messageId: 'm', text: 'hi' }],
    ['typing', { type: 'typing', conversationId: 'c', isTyping: true }],
    ['a ping', { type: 'ping' }],
    ['a file', { type: 'delete-attachment', attachmentId: 'a' }],
  ] as const)('is waited for while %s may be meant', async (_, command) => {
    const line = new Line();
    line.sends(command);
    const { answer } = await line.clears();
    expect(line.refuses(400)).toMatchObject(problemOf(null));
    line.hears({ class: 'SessionClearedEvent', code: 200, body: {} });
    expect(await answer).toMatchObject({ ok: true });
  });

  it('is sent as soon as the other one is outdated', async () => {
    const line = new Line();
    line.sends({ type: 'typing', conversationId: 'c', isTyping: true });
    await vi.advanceTimersByTimeAsync(5_000);
    const { answer } = await line.clears();
    await vi.advanceTimersByTimeAsync(5_000);
    line.refuses(400);
    expect(await answer).toMatchObject({ problem: { code: 'unavailable' } });
  });

  it('is not confused with a request of an earlier connection', async () => {
    const line = new Line().says('m');
    line.extension.onConnectionClosed();
    line.hears({ class: 'SessionResponse', code: 200, body: { connected: true } });
    const { answer } = await line.clears();
    line.refuses(400);
    expect(await answer).toMatchObject({ problem: { code: 'unavailable' } });
  });
});
