import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Deployment } from '../../../src/protocol/deployment.ts';
import type { UploadRules } from '../../../src/protocol/files.ts';
import type { GatewayCommand } from '../../../src/protocol/gateway/commands.ts';
import type { GatewayEvent, GatewayProblem } from '../../../src/protocol/gateway/events.ts';
import { genesysCloud } from '../../../src/protocol/genesys-cloud/index.ts';
import type { Call, CallAnswer } from '../../../src/protocol/port.ts';
import { RequestLimiter } from '../../../src/worker/edges/request-limiter.ts';
import type { putFile } from '../../../src/worker/genesys-cloud/put-file.ts';
import { Uploads } from '../../../src/worker/genesys-cloud/uploads.ts';
import { type SessionEvent, sessionEvent } from '../session-event.ts';

const { traits } = genesysCloud({ deploymentId: 'd', region: 'eu-west-1' });

const reported: UploadRules = { mimeTypes: ['image/png'], blockedExtensions: [], maximumSize: 100 };

/** A hub that writes down what it is asked. */
class TestHub {
  epoch = 'boot.1';
  isOnline = true;
  readonly sent: GatewayCommand[] = [];
  readonly calls: Call[] = [];
  readonly errors: unknown[] = [];
  readonly pace = { wait: 0 };
  readonly uploads: Uploads;
  readonly #count: () => void;

  readonly settings: { current: Deployment | null; readonly soon: () => Promise<void> } = {
    current: null,
    soon: async () => {},
  };
  /** What the core says to a message. */
  answer: CallAnswer | null = null;

  /** @param pace the worker's own, which counts what is sent */
  constructor(site: Partial<UploadRules> | false = {}, pace: RequestLimiter | null = null) {
    const { settings } = this;
    this.#count = () => pace?.count();
    this.uploads = new Uploads(this, site, settings, pace ?? this.pace, put);
  }

  send(command: GatewayCommand): boolean {
    if (!this.isOnline) return false;
    this.sent.push(command);
    this.#count();
    return true;
  }

  async call(_tabId: string, call: Call): Promise<CallAnswer> {
    this.calls.push(call);
    return this.answer ?? { ok: true, epoch: this.epoch, value: null };
  }

  logError(_what: string, cause: unknown): void {
    this.errors.push(cause);
  }

  /** A session is there. */
  open(part: Partial<SessionEvent> = {}): this {
    this.uploads.onEvent(sessionEvent({ uploads: reported, ...part }));
    return this;
  }

  changeVisitor(): this {
    this.epoch = 'boot.2';
    this.uploads.onVisitorChange();
    return this;
  }

  ask(call: object): Promise<CallAnswer> {
    const answer = this.uploads.call('tab', { type: 'file', ...call });
    if (!answer) throw new Error('not a call about files');
    return answer;
  }

  async begin(messageId = 'm', file = picture()): Promise<CallAnswer> {
    const answer = await this.ask({ step: 'begin', messageId, text: '', file });
    await settle();
    return answer;
  }

  wait(stage: string, messageId = 'm', percent = stage === 'checking' ? 100 : 0) {
    return this.ask({ step: 'wait', messageId, after: { stage, percent } });
  }

  /** The id that the newest upload was asked for under. */
  get attachmentId(): string {
    const asked = this.sent.findLast(({ type }) => type === 'request-upload');
    if (asked?.type !== 'request-upload') throw new Error('nothing was asked for');
    return asked.attachmentId;
  }

  get types(): string[] {
    return this.sent.map(({ type }) => type);
  }

  target(headers: Record<string, string> = { 'x-tag': '1' }): GatewayEvent | null {
    const { attachmentId } = this;
    return this.uploads.onEvent({
      type: 'upload-target',
      attachmentId,
      url: 'https://put',
      headers,
    });
  }

  /** The newest upload goes out, and the platform has it. Returns its id. */
  async arrives(): Promise<string> {
    this.target();
    const { attachmentId } = this;
    this.uploads.onEvent({ type: 'attachment-uploaded', attachmentId, url: '' });
    await settle();
    return attachmentId;
  }
}

function picture(bytes = 'abc'): File {
  return new File([bytes], 'a.png', { type: 'image/png' });
}

function problem(code: string, part: Partial<GatewayProblem> = {}): GatewayProblem {
  const kind = 'attachment';
  return {
    kind,
    code,
    message: '',
    conversationId: null,
    messageId: null,
    retryAfter: null,
    ...part,
  };
}

/** Lets promises that are settled be heard. */
async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

const put = vi.fn<typeof putFile>();

/** An upload without end. */
const untilAborted: typeof putFile = (_target, _file, { signal }) =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

beforeEach(() => {
  vi.useFakeTimers();
  put.mockReset().mockResolvedValue();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('a file on its way', () => {
  it('is requested, uploaded with exactly the announced headers, and sent as a message', async () => {
    const hub = new TestHub().open();
    expect(await hub.begin()).toMatchObject({ ok: true });
    expect(hub.sent).toMatchObject([
      { type: 'request-upload', name: 'a.png', mime: 'image/png', size: 3 },
    ]);
    expect(hub.target()).toBeNull();
    await settle();
    const [target, file] = put.mock.calls[0] ?? [];
    expect(target).toMatchObject({ url: 'https://put', headers: { 'x-tag': '1' } });
    expect(file?.name).toBe('a.png');
    expect(await hub.wait('uploading')).toMatchObject({
      value: { stage: 'checking', percent: 100 },
    });
    const { attachmentId } = hub;
    hub.uploads.onEvent({ type: 'attachment-uploaded', attachmentId, url: 'https://get' });
    expect(await hub.wait('checking')).toMatchObject({ value: { stage: 'sent' } });
    expect(hub.calls).toEqual([
      {
        type: 'send',
        messageId: 'm',
        text: '',
        content: [
          {
            type: 'attachment',
            attachmentId,
            url: 'https://get',
            name: 'a.png',
            kind: 'image',
            mime: 'image/png',
            size: 3,
            text: null,
          },
        ],
      },
    ]);
  });

  it('waits for a session, and is measured by what that takes', async () => {
    const hub = new TestHub();
    await hub.begin('m', new File(['abc'], 'a.pdf', { type: 'application/pdf' }));
    expect(hub.sent).toEqual([]);
    hub.open();
    expect(await hub.wait('waiting')).toMatchObject({ problem: { code: 'file-type' } });
    expect(hub.sent).toEqual([]);
  });

  it('is refused at once when it can’t be sent as it is', async () => {
    const hub = new TestHub().open();
    expect(await hub.begin('m', picture('x'.repeat(101)))).toMatchObject({
      problem: { code: 'file-size' },
    });
    expect(await hub.begin('m', picture(''))).toMatchObject({ problem: { code: 'file-empty' } });
    expect(hub.sent).toEqual([]);
  });

  it('is not another visitor’s', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    hub.target();
    await settle();
    hub.epoch = 'boot.2';
    hub.uploads.onEvent({ type: 'attachment-uploaded', attachmentId: hub.attachmentId, url: '' });
    expect(await hub.wait('checking')).toMatchObject({ problem: { code: 'signed-out' } });
    expect(hub.calls).toEqual([]);
  });

  it('that waits for a connection is not asked for in the next visitor’s session', async () => {
    const hub = new TestHub();
    await hub.begin();
    const waiting = hub.wait('waiting');
    hub.changeVisitor();
    expect(await waiting).toMatchObject({ epoch: 'boot.1', problem: { code: 'signed-out' } });
    hub.open();
    await settle();
    expect(hub.types).toEqual([]);
    // The next visitor learns nothing of it.
    expect(await hub.wait('waiting')).toMatchObject({ problem: { code: 'file-lost' } });
  });

  it('is not asked for after its visitor, however close the two are', async () => {
    for (const turns of [0, 1, 2, 3, 4, 5]) {
      const hub = new TestHub();
      await hub.begin();
      hub.open();
      for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
      const before = hub.types;
      hub.changeVisitor();
      await settle();
      expect(hub.types).toEqual(before);
    }
  });

  it.each(['asking', 'uploading', 'checking'])(
    'ends with its visitor, and is not even deleted in the next one’s session: %s',
    async (stage) => {
      const hub = new TestHub().open();
      if (stage === 'uploading') put.mockImplementation(untilAborted);
      await hub.begin();
      if (stage !== 'asking') hub.target();
      await settle();
      const waiting = hub.wait(stage);
      hub.changeVisitor().open();
      expect(await waiting).toMatchObject({ problem: { code: 'signed-out' } });
      expect(hub.types).toEqual(['request-upload']);
      expect(hub.calls).toEqual([]);
    },
  );

  it('that is another visitor’s has no part in the next one’s errors, addresses and limits', async () => {
    const hub = new TestHub().open();
    // A file whose message is sent, one that was cancelled, and an address.
    await hub.begin();
    const attachmentId = await hub.arrives();
    put.mockImplementation(untilAborted);
    await hub.begin('n');
    hub.target();
    await settle();
    await hub.ask({ step: 'cancel', messageId: 'n' });
    await settle();
    expect(hub.types.at(-1)).toBe('delete-attachment');
    const link = hub.ask({ step: 'link', attachmentId: 'picture' });
    hub.changeVisitor();
    expect(await link).toMatchObject({ problem: { code: 'signed-out' } });
    // The platform's own limits, as before any session.
    expect(await hub.ask({ step: 'rules' })).toMatchObject({
      value: { maximumSize: 10 * 1_024 * 1_024 },
    });
    hub.open();
    const named = { type: 'attachment-failed', attachmentId, problem: problem('4009') } as const;
    const unnamed = { ...named, attachmentId: null };
    expect(hub.uploads.onEvent(named)).toBe(named);
    expect(hub.uploads.onEvent(unnamed)).toBe(unnamed);
  });

  it('whose address both visitors ask for is asked for twice', async () => {
    const hub = new TestHub().open();
    const former = hub.ask({ step: 'link', attachmentId: 'picture' });
    hub.changeVisitor().open();
    const next = hub.ask({ step: 'link', attachmentId: 'picture' });
    expect(await former).toMatchObject({ problem: { code: 'signed-out' } });
    hub.uploads.onEvent({ type: 'attachment-url', attachmentId: 'picture', url: 'https://get' });
    expect(await next).toMatchObject({ ok: true, value: 'https://get' });
    expect(hub.types).toEqual(['refresh-attachment', 'refresh-attachment']);
  });

  it('tells each percent of its bytes that has left, once', async () => {
    const hub = new TestHub().open();
    let moved = (_share: number) => {};
    put.mockImplementation((_target, _file, { onProgress }) => {
      moved = onProgress;
      return new Promise(() => {});
    });
    await hub.begin();
    hub.target();
    await settle();
    const first = hub.wait('uploading');
    moved(0.004);
    moved(0.256);
    expect(await first).toMatchObject({ value: { stage: 'uploading', percent: 25 } });
    const next = hub.wait('uploading', 'm', 25);
    let isTold = false;
    void next.then(() => {
      isTold = true;
    });
    moved(0.259);
    await settle();
    expect(isTold).toBe(false);
    moved(0.26);
    expect(await next).toMatchObject({ value: { stage: 'uploading', percent: 26 } });
  });

  it('fails in words when its place refuses it', async () => {
    const hub = new TestHub().open();
    put.mockRejectedValue(new Error('the place answered 403'));
    await hub.begin();
    hub.target();
    await settle();
    expect(await hub.wait('uploading')).toMatchObject({ problem: { code: 'file-lost' } });
    expect(hub.types).toEqual(['request-upload', 'delete-attachment']);
  });

  it('is cancelled, and let go at the gateway once it had a place', async () => {
    const hub = new TestHub().open();
    put.mockImplementation(
      (_target, _file, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    await hub.begin();
    hub.target();
    await settle();
    await hub.ask({ step: 'cancel', messageId: 'm' });
    await settle();
    expect(hub.types).toEqual(['request-upload', 'delete-attachment']);
    // An error without a name is about it, and no message fails for that.
    const gone = {
      type: 'attachment-failed',
      attachmentId: null,
      problem: problem('4009'),
    } as const;
    expect(hub.uploads.onEvent(gone)).toBeNull();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(hub.uploads.onEvent(gone)).toBe(gone);
  });

  it('is lost with the connection while requested, but not while uploading', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    hub.uploads.forget();
    expect(await hub.wait('asking')).toMatchObject({ problem: { code: 'file-lost' } });
    hub.open();
    put.mockImplementation(() => new Promise(() => {}));
    await hub.begin('n');
    hub.target();
    await settle();
    hub.uploads.forget();
    const answer = hub.wait('uploading', 'n');
    await vi.advanceTimersByTimeAsync(8_000);
    expect(await answer).toMatchObject({ value: { stage: 'uploading' } });
  });

  it.each([
    ['the place', 20_000, 'asking'],
    ['the word that it is there', 60_000, 'checking'],
  ])('is not waited for for ever: %s', async (_, deadline, stage) => {
    const hub = new TestHub().open();
    await hub.begin();
    if (stage === 'checking') hub.target();
    await settle();
    await vi.advanceTimersByTimeAsync(deadline);
    expect(await hub.wait(stage)).toMatchObject({ problem: { code: 'timeout' } });
  });

  it('asked for again, goes once', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    await hub.begin();
    expect(hub.types).toEqual(['request-upload']);
  });

  it('is not known to a hub that was not given it', async () => {
    expect(await new TestHub().wait('asking')).toMatchObject({ problem: { code: 'file-lost' } });
  });

  it('is one of ten at most', async () => {
    const hub = new TestHub().open();
    for (let index = 0; index < 10; index += 1) await hub.begin(`m${index}`);
    expect(await hub.begin('m')).toMatchObject({ problem: { code: 'rate-limited' } });
  });
});

describe('errors', () => {
  it.each([
    ['4001', 'file-type'],
    ['4002', 'file-size'],
    ['4003', 'file-content'],
    ['4004', 'file-name'],
    ['4005', 'file-name'],
    ['4102', 'file-empty'],
  ])('%s without a name is about the file that asks', async (code, own) => {
    const hub = new TestHub().open();
    await hub.begin();
    const failed = { type: 'attachment-failed', attachmentId: null } as const;
    expect(hub.uploads.onEvent({ ...failed, problem: problem(code) })).toBeNull();
    expect(await hub.wait('asking')).toMatchObject({ problem: { code: own } });
  });

  it.each(['4008', '4009', '4010'])(
    '%s without a name is about the message that brings a file',
    async (code) => {
      const hub = new TestHub().open();
      await hub.begin();
      const failed = {
        type: 'attachment-failed',
        attachmentId: null,
        problem: problem(code),
      } as const;
      expect(hub.uploads.onEvent(failed)).toBe(failed);
    },
  );

  it('names the message where the file was found wanting after all', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    const attachmentId = await hub.arrives();
    expect(
      hub.uploads.onEvent({ type: 'attachment-failed', attachmentId, problem: problem('4008') }),
    ).toMatchObject({ attachmentId: null, problem: { messageId: 'm' } });
  });

  it('without a name is about the message that is on its way sooner than about a link', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    await hub.arrives();
    const link = hub.ask({ step: 'link', attachmentId: 'other' });
    await settle();
    const gone = { type: 'attachment-failed', attachmentId: null } as const;
    expect(hub.uploads.onEvent({ ...gone, problem: problem('4008') })).not.toBeNull();
    expect(hub.uploads.onEvent({ ...gone, problem: problem('4009') })).toBeNull();
    expect(await link).toMatchObject({ problem: { code: 'file-gone' } });
  });

  it('is about the link once the message is known to have arrived', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    const attachmentId = await hub.arrives();
    const from = { id: 'visitor', name: '', role: 'visitor' } as const;
    const echo = { conversationId: null, messageId: 'm', sequence: null, from, text: '' };
    hub.uploads.onEvent({ type: 'message', message: { ...echo, timestamp: null } });
    const link = hub.ask({ step: 'link', attachmentId });
    await settle();
    const gone = { type: 'attachment-failed', attachmentId: null } as const;
    expect(hub.uploads.onEvent({ ...gone, problem: problem('4009') })).toBeNull();
    expect(await link).toMatchObject({ problem: { code: 'file-gone' } });
  });

  it('is informed of the rate limit, like the core', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    const limited = {
      type: 'problem',
      problem: problem('4029', { kind: 'rate-limited' }),
    } as const;
    expect(hub.uploads.onEvent(limited)).toBe(limited);
    expect(await hub.wait('asking')).toMatchObject({ problem: { code: 'rate-limited' } });
  });

  it('takes a feature that is off for itself, or the message on its way would fail', async () => {
    const hub = new TestHub().open();
    const off = { type: 'problem', problem: problem('4000', { kind: 'forbidden' }) } as const;
    expect(hub.uploads.onEvent(off)).toBe(off);
    await hub.begin();
    expect(hub.uploads.onEvent(off)).toMatchObject({ problem: { messageId: hub.attachmentId } });
    expect(await hub.wait('asking')).toMatchObject({ problem: { code: 'forbidden' } });
  });

  it.each([
    ['4011', 'message-too-long'],
    ['4013', 'rejected'],
    ['409', 'conversation-ended'],
    ['403', 'unavailable'],
    ['408', 'unavailable'],
    ['500', 'unavailable'],
    ['404', 'other'],
  ] as const)('that can’t be about a file fails none (%s, %s)', async (code, kind) => {
    const hub = new TestHub().open();
    await hub.begin();
    const other = { type: 'problem', problem: problem(code, { kind }) } as const;
    expect(hub.uploads.onEvent(other)).toBe(other);
    const answer = hub.wait('asking');
    await vi.advanceTimersByTimeAsync(8_000);
    expect(await answer).toMatchObject({ value: { stage: 'asking' } });
  });

  it.each([
    ['400', 'invalid-frame', 'file-lost'],
    ['4020', 'invalid-frame', 'file-lost'],
    ['403', 'forbidden', 'forbidden'],
  ] as const)('without a name is charged to the file alone (%s)', async (code, kind, own) => {
    const hub = new TestHub().open();
    await hub.begin();
    const unnamed = { type: 'problem', problem: problem(code, { kind }) } as const;
    // The core logs it, and charges it to no message.
    expect(hub.uploads.onEvent(unnamed)).toMatchObject({
      problem: { messageId: hub.attachmentId },
    });
    expect(await hub.wait('asking')).toMatchObject({ problem: { code: own } });
    // The same once more can be about a message alone.
    expect(hub.uploads.onEvent(unnamed)).toBe(unnamed);
  });

  it.each([
    ['400', 'invalid-frame'],
    ['5000', 'other'],
  ] as const)('%s of a place is the file’s that asks, though it names none', async (code, kind) => {
    const hub = new TestHub().open();
    await hub.begin();
    const failed = { type: 'attachment-failed', attachmentId: null } as const;
    expect(hub.uploads.onEvent({ ...failed, problem: problem(code, { kind }) })).toBeNull();
    expect(await hub.wait('asking')).toMatchObject({ problem: { code: 'file-lost' } });
  });

  it('with a file’s name ends the conversation all the same', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    const { attachmentId } = hub;
    const over = {
      type: 'problem',
      problem: problem('409', { kind: 'conversation-ended', messageId: attachmentId }),
    } as const;
    expect(hub.uploads.onEvent(over)).toBe(over);
    expect(await hub.wait('asking')).toMatchObject({ problem: { code: 'conversation-ended' } });
  });

  it('leaves a named message alone', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    const other = { type: 'problem', problem: problem('4011', { messageId: 'x' }) } as const;
    expect(hub.uploads.onEvent(other)).toBe(other);
    expect(hub.uploads.onEvent({ type: 'pong' })).toEqual({ type: 'pong' });
  });
});

describe('rules', () => {
  const rulesOf = async (hub: TestHub) => {
    const answer = await hub.ask({ step: 'rules' });
    return answer.ok ? answer.value : answer;
  };

  it('are the platform’s, made narrower by the site’s', async () => {
    expect(await rulesOf(new TestHub().open())).toEqual(reported);
    const hub = new TestHub({ maximumSize: 10, blockedExtensions: ['.gif'] }).open();
    expect(await rulesOf(hub)).toEqual({
      ...reported,
      maximumSize: 10,
      blockedExtensions: ['.gif'],
    });
  });

  it('are documented ones until a session tells, and none where there are no files', async () => {
    const site = { mimeTypes: ['image/*', 'text/plain'] };
    expect(await rulesOf(new TestHub(site).open())).toMatchObject({ mimeTypes: ['image/png'] });
    const any = { mimeTypes: ['*/*'], blockedExtensions: [], maximumSize: null };
    expect(await rulesOf(new TestHub(site).open({ uploads: any }))).toMatchObject(site);
    expect(await rulesOf(new TestHub({ mimeTypes: ['text/plain'] }).open())).toBeNull();
    expect(await rulesOf(new TestHub())).toMatchObject({ maximumSize: 10_485_760 });
    expect(await rulesOf(new TestHub(false))).toBeNull();
    const nothing = { ...reported, mimeTypes: [] };
    expect(await rulesOf(new TestHub().open({ uploads: nothing }))).toBeNull();
  });
});

describe('links', () => {
  it('are asked for once, however often they are pressed', async () => {
    const hub = new TestHub().open();
    const answers = [1, 2].map(() => hub.ask({ step: 'link', attachmentId: 'a' }));
    await settle();
    hub.uploads.onEvent({ type: 'attachment-url', attachmentId: 'a', url: 'https://fresh' });
    for (const answer of answers) expect(await answer).toMatchObject({ value: 'https://fresh' });
    expect(hub.types).toEqual(['refresh-attachment']);
  });

  it('may come without a size, which makes them look like a place to put something', async () => {
    const hub = new TestHub().open();
    const answer = hub.ask({ step: 'link', attachmentId: 'a' });
    await settle();
    hub.uploads.onEvent({
      type: 'upload-target',
      attachmentId: 'a',
      url: 'https://x',
      headers: {},
    });
    expect(await answer).toMatchObject({ value: 'https://x' });
  });

  it('that may not be given are no longer available, whatever may be sent', async () => {
    const hub = new TestHub().open();
    const link = hub.ask({ step: 'link', attachmentId: 'a' });
    await settle();
    const off = problem('4000', { kind: 'forbidden', messageId: 'a' });
    const named = { type: 'problem', problem: off } as const;
    expect(hub.uploads.onEvent(named)).toBe(named);
    expect(await link).toMatchObject({ problem: { code: 'file-gone' } });
  });

  it.each([
    ['400', 'invalid-frame', 'unavailable'],
    ['403', 'forbidden', 'file-gone'],
    ['404', 'other', 'file-gone'],
    ['4000', 'forbidden', 'file-gone'],
    ['408', 'unavailable', 'unavailable'],
    ['503', 'unavailable', 'unavailable'],
    ['4029', 'rate-limited', 'rate-limited'],
  ] as const)(
    'learn at once of an error without a name, and no message pays (%s)',
    async (code, kind, own) => {
      const hub = new TestHub().open();
      const link = hub.ask({ step: 'link', attachmentId: 'a' });
      await settle();
      const unnamed = { type: 'problem', problem: problem(code, { kind }) } as const;
      const heard = hub.uploads.onEvent(unnamed);
      const messageId = kind === 'rate-limited' ? null : 'a';
      expect(heard).toEqual({ ...unnamed, problem: { ...unnamed.problem, messageId } });
      expect(await link).toMatchObject({ problem: { code: own } });
      // Nothing is left but a message to be meant.
      expect(hub.uploads.onEvent(unnamed)).toBe(unnamed);
    },
  );

  it.each([
    ['4011', 'message-too-long'],
    ['4013', 'rejected'],
    ['409', 'conversation-ended'],
    ['403', 'unavailable'],
    ['4999', 'other'],
  ] as const)('are not meant by what can’t be about one (%s, %s)', async (code, kind) => {
    const hub = new TestHub().open();
    const link = hub.ask({ step: 'link', attachmentId: 'a' });
    await settle();
    const other = { type: 'problem', problem: problem(code, { kind }) } as const;
    expect(hub.uploads.onEvent(other)).toBe(other);
    const failed = {
      type: 'attachment-failed',
      attachmentId: null,
      problem: problem('4001'),
    } as const;
    expect(hub.uploads.onEvent(failed)).toBe(failed);
    hub.uploads.onEvent({ type: 'attachment-url', attachmentId: 'a', url: 'https://fresh' });
    expect(await link).toMatchObject({ value: 'https://fresh' });
  });

  it('give way to a file that asks, and are not meant before they have been asked for', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    const link = hub.ask({ step: 'link', attachmentId: 'a' });
    await settle();
    const off = { type: 'problem', problem: problem('4000', { kind: 'forbidden' }) } as const;
    hub.uploads.onEvent(off);
    expect(await hub.wait('asking')).toMatchObject({ problem: { code: 'forbidden' } });
    hub.uploads.onEvent({ type: 'attachment-url', attachmentId: 'a', url: 'https://fresh' });
    expect(await link).toMatchObject({ value: 'https://fresh' });
    hub.pace.wait = 3_000;
    void hub.ask({ step: 'link', attachmentId: 'b' });
    await settle();
    expect(hub.uploads.onEvent(off)).toBe(off);
  });

  it('wait for the pace for a moment, and are not asked for when that takes long', async () => {
    const hub = new TestHub().open();
    hub.pace.wait = 3_000;
    const link = hub.ask({ step: 'link', attachmentId: 'a' });
    await settle();
    expect(hub.types).toEqual([]);
    hub.pace.wait = 0;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(hub.types).toEqual(['refresh-attachment']);
    hub.uploads.onEvent({ type: 'attachment-url', attachmentId: 'a', url: 'https://fresh' });
    expect(await link).toMatchObject({ value: 'https://fresh' });
    hub.pace.wait = 30_000;
    expect(await hub.ask({ step: 'link', attachmentId: 'b' })).toMatchObject({
      problem: { code: 'rate-limited' },
    });
    hub.uploads.forget();
    expect(await hub.ask({ step: 'link', attachmentId: 'c' })).toMatchObject({
      problem: { code: 'network' },
    });
  });

  it('that a history requests all at once go as far as the rate limit allows; the others are rejected', async () => {
    const pace = new RequestLimiter(traits.rateLimits);
    const hub = new TestHub({}, pace).open();
    for (let request = 0; request < 30; request += 1) pace.count();
    await vi.advanceTimersByTimeAsync(57_000);
    const answers = Array.from({ length: 100 }, (_, index) =>
      hub.ask({ step: 'link', attachmentId: `a${index}` }),
    );
    await settle();
    expect(hub.types).toHaveLength(6);
    await vi.advanceTimersByTimeAsync(4_000);
    // Those thirty of a minute ago make room again.
    expect(hub.types).toHaveLength(36);
    for (const answer of answers.slice(36)) {
      expect(await answer).toMatchObject({ problem: { code: 'rate-limited' } });
    }
  });

  it('that wait for the pace are one request, too', async () => {
    const hub = new TestHub().open();
    hub.pace.wait = 3_000;
    const answers = [1, 2].map(() => hub.ask({ step: 'link', attachmentId: 'a' }));
    await settle();
    hub.pace.wait = 0;
    await vi.advanceTimersByTimeAsync(3_000);
    hub.uploads.onEvent({ type: 'attachment-url', attachmentId: 'a', url: 'https://fresh' });
    for (const answer of answers) expect(await answer).toMatchObject({ value: 'https://fresh' });
    expect(hub.types).toEqual(['refresh-attachment']);
  });

  it('that wait for the rate limit are not sent on the next connection, which may be another visitor’s', async () => {
    const hub = new TestHub().open();
    hub.pace.wait = 3_000;
    const link = hub.ask({ step: 'link', attachmentId: 'a' });
    await settle();
    hub.uploads.forget();
    hub.open();
    hub.pace.wait = 0;
    await vi.advanceTimersByTimeAsync(3_000);
    expect(await link).toMatchObject({ problem: { code: 'network' } });
    expect(hub.types).toEqual([]);
  });

  it('fail in words', async () => {
    const hub = new TestHub();
    expect(await hub.ask({ step: 'link', attachmentId: 'a' })).toMatchObject({
      problem: { code: 'network' },
    });
    hub.open();
    const answer = hub.ask({ step: 'link', attachmentId: 'a' });
    await settle();
    const failed = {
      type: 'attachment-failed',
      attachmentId: null,
      problem: problem('4009'),
    } as const;
    expect(hub.uploads.onEvent(failed)).toBeNull();
    expect(await answer).toMatchObject({ problem: { code: 'file-gone' } });
  });
});

it('leaves other calls to others, and refuses misshapen ones', async () => {
  const hub = new TestHub();
  expect(hub.uploads.call('tab', { type: 'send' })).toBeNull();
  for (const call of [{ step: 'begin', messageId: 'm', text: '', file: 'a' }, { step: 'x' }, {}]) {
    expect(await hub.ask(call)).toMatchObject({ problem: { code: 'invalid-call' } });
  }
  expect(hub.errors).toEqual([]);
});

it('waits where the platform would refuse one request too many', async () => {
  const hub = new TestHub().open();
  hub.pace.wait = 5_000;
  await hub.begin();
  expect(await hub.wait('asking')).toMatchObject({ value: { stage: 'waiting' } });
  expect(hub.types).toEqual([]);
  hub.pace.wait = 0;
  await vi.advanceTimersByTimeAsync(5_000);
  expect(hub.types).toEqual(['request-upload']);
});

it('waits for a whole minute’s pace, which is as long as that looks back, and not for ever', async () => {
  const pace = new RequestLimiter(traits.rateLimits);
  const hub = new TestHub({}, pace).open();
  for (let request = 0; request < 36; request += 1) pace.count();
  await hub.begin();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(hub.types).toEqual(['request-upload']);
  hub.uploads.forget();

  const crowded = new TestHub().open();
  crowded.pace.wait = 5_000;
  await crowded.begin();
  await vi.advanceTimersByTimeAsync(75_000);
  expect(await crowded.wait('waiting')).toMatchObject({ problem: { code: 'timeout' } });
  expect(crowded.types).toEqual([]);
});

/** A file that is put, and looked at. */
async function checked(hub: TestHub, messageId = 'm', file = picture()): Promise<string> {
  await hub.begin(messageId, file);
  hub.target();
  await settle();
  return hub.attachmentId;
}

/** Puts that go on until they are called back. */
function putForEver(): AbortSignal[] {
  const signals: AbortSignal[] = [];
  put.mockImplementation((_target, _file, { signal }) => {
    signals.push(signal);
    return new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
    });
  });
  return signals;
}

describe('the line under a file', () => {
  it('is waited for for a minute, and no longer', async () => {
    const hub = new TestHub();
    await hub.begin();
    await vi.advanceTimersByTimeAsync(59_999);
    expect(await hub.ask({ step: 'wait', messageId: 'm', after: asking })).toMatchObject({
      value: { stage: 'waiting' },
    });
    await vi.advanceTimersByTimeAsync(1);
    expect(await hub.wait('waiting')).toMatchObject({ problem: { code: 'network' } });
    hub.open();
    await settle();
    expect(hub.types).toEqual([]);
  });

  it.each([
    ['is read-only', { isReadOnly: true }],
    ['is not connected yet', { isConnected: false }],
  ])('is none while its session %s', async (_, part) => {
    const hub = new TestHub().open(part);
    await hub.begin();
    expect(hub.types).toEqual([]);
    hub.open();
    await settle();
    expect(hub.types).toEqual(['request-upload']);
  });

  it('that closes during the request is rejected', async () => {
    const hub = new TestHub().open();
    hub.isOnline = false;
    await hub.begin();
    expect(await hub.wait('asking')).toMatchObject({ problem: { code: 'network' } });
  });

  it('of another session takes its files along, and none that still waits for one', async () => {
    const hub = new TestHub().open();
    await hub.begin('asks');
    hub.uploads.onEvent({ type: 'session-over', reason: 'expired', message: '' });
    await hub.begin('waits');
    hub.open({ isNew: true });
    await settle();
    expect(await hub.wait('asking', 'asks')).toMatchObject({
      problem: { code: 'conversation-ended' },
    });
    expect(hub.types).toEqual(['request-upload', 'request-upload']);
    hub.open({ isNew: true });
    expect(await hub.wait('asking', 'waits')).toMatchObject({ problem: { code: 'file-lost' } });
  });

  it('of the same session leaves its files alone when it is repeated', async () => {
    const hub = new TestHub().open();
    const signals = putForEver();
    await hub.begin();
    hub.target();
    await settle();
    hub.open();
    expect(signals[0]?.aborted).toBe(false);
  });

  it('is gone with a deletion, which the visitor asked for', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    hub.uploads.onEvent({ type: 'session-over', reason: 'cleared', message: '' });
    expect(await hub.wait('asking')).toMatchObject({ problem: { code: 'conversation-deleted' } });
  });

  it.each<[string, GatewayEvent]>([
    ['the conversation', ended()],
    ['the session', { type: 'session-over', reason: 'expired', message: '' }],
    ['the sign-in', { type: 'signed-out', message: '' }],
  ])('is gone with the end of %s, and what was on its way is called back', async (_, event) => {
    const hub = new TestHub().open();
    const signals = putForEver();
    await hub.begin();
    hub.target();
    await settle();
    expect(hub.uploads.onEvent(event)).toBe(event);
    expect(signals[0]?.aborted).toBe(true);
    expect(await hub.wait('uploading')).toMatchObject({ problem: { code: 'conversation-ended' } });
    // There is nobody to let it go.
    expect(hub.types).toEqual(['request-upload']);
    expect(await hub.ask({ step: 'link', attachmentId: 'a' })).toMatchObject({
      problem: { code: 'network' },
    });
  });

  it('stays with a conversation that goes on', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    hub.uploads.onEvent({ ...ended('connected') });
    hub.target();
    await settle();
    expect(put).toHaveBeenCalledTimes(1);
  });
});

const asking = { stage: 'asking', percent: 0 };

function ended(status: 'connected' | 'ended' = 'ended'): GatewayEvent {
  return { type: 'conversation', conversation: { conversationId: null, status } };
}

describe('a file that is called back', () => {
  it('while it waits was never at the gateway', async () => {
    const hub = new TestHub();
    await hub.begin();
    expect(await hub.ask({ step: 'cancel', messageId: 'm' })).toMatchObject({ ok: true });
    expect(await hub.wait('waiting')).toMatchObject({ problem: { code: 'file-lost' } });
    hub.open();
    await settle();
    expect(hub.types).toEqual([]);
    expect(await hub.ask({ step: 'cancel', messageId: 'nobody' })).toMatchObject({ ok: true });
  });

  it('while it is looked at is let go at the gateway, and its message is none', async () => {
    const hub = new TestHub().open();
    const attachmentId = await checked(hub);
    await hub.ask({ step: 'cancel', messageId: 'm' });
    await settle();
    expect(hub.sent.at(-1)).toEqual({ type: 'delete-attachment', attachmentId });
    hub.uploads.onEvent({ type: 'attachment-uploaded', attachmentId, url: 'https://get' });
    await settle();
    expect(hub.calls).toEqual([]);
  });

  it('can be tried again under its message’s id, as another file', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    const previous = hub.attachmentId;
    await hub.ask({ step: 'cancel', messageId: 'm' });
    await settle();
    await hub.begin();
    expect(hub.attachmentId).not.toBe(previous);
    expect(hub.types).toEqual(['request-upload', 'request-upload']);
    // Late events of the previous one do not affect it.
    hub.uploads.onEvent({ type: 'upload-target', attachmentId: previous, url: '', headers: {} });
    await settle();
    expect(put).not.toHaveBeenCalled();
    // Nor does it end when the previous one is dropped.
    await vi.advanceTimersByTimeAsync(19_000);
    hub.target();
    await vi.advanceTimersByTimeAsync(45_000);
    expect(await hub.wait('uploading')).toMatchObject({ value: { stage: 'checking' } });
  });
});

describe('the bytes of a file', () => {
  it('have five minutes, then they are called back and let go', async () => {
    const hub = new TestHub().open();
    const signals = putForEver();
    await hub.begin();
    hub.target();
    await vi.advanceTimersByTimeAsync(299_999);
    expect(signals[0]?.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(signals[0]?.aborted).toBe(true);
    expect(await hub.wait('uploading')).toMatchObject({ problem: { code: 'timeout' } });
    expect(hub.types).toEqual(['request-upload', 'delete-attachment']);
  });

  it('are sent to an address without headers, too', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    const { attachmentId } = hub;
    expect(
      hub.uploads.onEvent({ type: 'attachment-url', attachmentId, url: 'https://put' }),
    ).toBeNull();
    await settle();
    expect(put.mock.calls[0]?.[0]).toMatchObject({ url: 'https://put', headers: {} });
  });

  it('are ignored for an unknown id', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    hub.uploads.onEvent({ type: 'upload-target', attachmentId: 'x', url: '', headers: {} });
    expect(
      hub.uploads.onEvent({ type: 'attachment-uploaded', attachmentId: 'x', url: '' }),
    ).toBeNull();
    await settle();
    expect(put).not.toHaveBeenCalled();
  });
});

describe('the message that brings a file', () => {
  it.each([
    ['image/png', 'image', 'image/png'],
    ['audio/mpeg', 'audio', 'audio/mpeg'],
    ['video/mp4', 'video', 'video/mp4'],
    ['application/pdf', 'file', 'application/pdf'],
    ['imagery/x', 'file', 'imagery/x'],
    ['', 'file', null],
  ])('says what kind it is (%s: %s)', async (type, kind, mime) => {
    const any = { mimeTypes: ['*/*'], blockedExtensions: [], maximumSize: null };
    const hub = new TestHub().open({ uploads: any });
    const attachmentId = await checked(hub, 'm', new File(['abc'], 'a.bin', { type }));
    hub.uploads.onEvent({ type: 'attachment-uploaded', attachmentId, url: '' });
    await settle();
    const [call] = hub.calls;
    // A missing address counts as none.
    expect(call?.type === 'send' && call.content).toMatchObject([{ kind, mime, url: null }]);
  });

  it('that the core rejects keeps the core’s message', async () => {
    const hub = new TestHub().open();
    const problem = { code: 'no-conversation', message: 'Start one first.' } as const;
    hub.answer = { ok: false, epoch: hub.epoch, problem };
    const attachmentId = await checked(hub);
    hub.uploads.onEvent({ type: 'attachment-uploaded', attachmentId, url: '' });
    expect(await hub.wait('checking')).toMatchObject({ ok: false, problem });
    expect(hub.types).toContain('delete-attachment');
  });

  it('is on its way: the file can’t be called back any more', async () => {
    const hub = new TestHub().open();
    const attachmentId = await checked(hub);
    hub.uploads.onEvent({ type: 'attachment-uploaded', attachmentId, url: '' });
    await settle();
    await hub.ask({ step: 'cancel', messageId: 'm' });
    hub.uploads.forget();
    await settle();
    expect(await hub.wait('checking')).toMatchObject({ value: { stage: 'sent', percent: 100 } });
    expect(hub.types).toEqual(['request-upload']);
  });

  it('is not named by an error about its file once it has arrived, or after a minute', async () => {
    const from = { id: 'v', name: '', role: 'visitor' } as const;
    const echo = { conversationId: null, sequence: null, from, text: '', timestamp: null };
    const hub = new TestHub().open();
    const send = async (messageId: string) => {
      const attachmentId = await checked(hub, messageId);
      hub.uploads.onEvent({ type: 'attachment-uploaded', attachmentId, url: '' });
      await settle();
      const event = { type: 'attachment-failed', attachmentId, problem: problem('4008') } as const;
      return () => hub.uploads.onEvent(event);
    };
    const failsOne = await send('one');
    const failsOther = await send('other');
    expect(failsOne()).toMatchObject({ problem: { messageId: 'one' } });
    hub.uploads.onEvent({ type: 'message', message: { ...echo, messageId: 'one' } });
    expect(failsOne()).toMatchObject({ problem: { messageId: null } });
    await vi.advanceTimersByTimeAsync(59_999);
    expect(failsOther()).toMatchObject({ problem: { messageId: 'other' } });
    await vi.advanceTimersByTimeAsync(1);
    expect(failsOther()).toMatchObject({ problem: { messageId: null } });
  });
});

describe('what became of a file', () => {
  it('can be asked for a minute, then it is lost', async () => {
    const hub = new TestHub().open();
    const attachmentId = await checked(hub);
    hub.uploads.onEvent({ type: 'attachment-uploaded', attachmentId, url: '' });
    await vi.advanceTimersByTimeAsync(59_999);
    expect(await hub.wait('checking')).toMatchObject({ value: { stage: 'sent' } });
    await vi.advanceTimersByTimeAsync(1);
    expect(await hub.wait('checking')).toMatchObject({ problem: { code: 'file-lost' } });
  });

  it('makes room for another one of the ten', async () => {
    const hub = new TestHub().open();
    for (let index = 0; index < 10; index += 1) await hub.begin(`m${index}`);
    await hub.ask({ step: 'cancel', messageId: 'm3' });
    await settle();
    expect(await hub.begin('m')).toMatchObject({ ok: true });
    expect(await hub.begin('n')).toMatchObject({ problem: { code: 'rate-limited' } });
  });

  it('of an unknown kind is logged, and reported as lost', async () => {
    const hub = new TestHub().open();
    const cause = new RangeError('odd');
    vi.spyOn(hub, 'send').mockImplementation(() => {
      throw cause;
    });
    await hub.begin();
    expect(await hub.wait('asking')).toMatchObject({ problem: { code: 'file-lost' } });
    expect(hub.errors).toEqual([cause]);
  });

  it('is answered for the visitor who asked', async () => {
    const hub = new TestHub().open();
    await hub.begin();
    const answer = hub.wait('asking');
    hub.epoch = 'boot.2';
    hub.target();
    expect(await answer).toMatchObject({ epoch: 'boot.1' });
  });
});

describe('what may be sent', () => {
  const settings: Deployment = {
    languages: [],
    defaultLanguage: null,
    sendsTyping: true,
    showsTyping: true,
    autoStart: false,
    canClear: false,
    usesMarkdown: false,
    allowsUpgrade: false,
    isActive: true,
    isMessengerEnabled: true,
    disconnect: 'none',
    uploads: { mimeTypes: ['image/gif'], blockedExtensions: ['.exe'], maximumSize: 50 },
  };
  const rulesOf = async (hub: TestHub) => {
    const answer = await hub.ask({ step: 'rules' });
    return answer.ok ? answer.value : answer;
  };

  it('is what the deployment says until a session does, and that is waited for', async () => {
    const hub = new TestHub({ blockedExtensions: ['.bat'] });
    vi.spyOn(hub.settings, 'soon').mockImplementation(async () => {
      hub.settings.current = settings;
    });
    expect(await rulesOf(hub)).toEqual({
      mimeTypes: ['image/gif'],
      blockedExtensions: ['.exe', '.bat'],
      maximumSize: 50,
    });
    hub.open();
    expect(await rulesOf(hub)).toMatchObject({ mimeTypes: ['image/png'], maximumSize: 100 });
  });

  it('is what a configuration says behind the session, and stays where it says nothing', async () => {
    const hub = new TestHub().open();
    const life = { duration: null, expiresAt: null };
    const event = { type: 'configuration', life, uploads: null } as const;
    expect(hub.uploads.onEvent(event)).toBe(event);
    expect(await rulesOf(hub)).toEqual(reported);
    hub.uploads.onEvent({ ...event, uploads: { ...reported, maximumSize: 7 } });
    expect(await rulesOf(hub)).toMatchObject({ maximumSize: 7 });
  });

  it.each([
    [null, null, null],
    [null, 5, 5],
    [5, null, 5],
    [5, 6, 5],
    [6, 5, 5],
  ])('is as large as both allow (%s, %s: %s)', async (platform, site, both) => {
    const hub = new TestHub(site === null ? {} : { maximumSize: site });
    hub.open({ uploads: { ...reported, maximumSize: platform } });
    expect(await rulesOf(hub)).toMatchObject({ maximumSize: both });
  });

  it('is nothing where the platform allows 0 bytes', async () => {
    const hub = new TestHub().open({ uploads: { ...reported, maximumSize: 0 } });
    expect(await rulesOf(hub)).toBeNull();
    expect(await hub.begin()).toMatchObject({ problem: { code: 'forbidden' } });
  });
});

describe('an address', () => {
  it('that does not arrive in 20 s is given up, and requested again the next time', async () => {
    const hub = new TestHub().open();
    const first = hub.ask({ step: 'link', attachmentId: 'a' });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await first).toMatchObject({ problem: { code: 'timeout' } });
    const second = hub.ask({ step: 'link', attachmentId: 'a' });
    await settle();
    hub.uploads.onEvent({ type: 'attachment-url', attachmentId: 'a', url: 'https://fresh' });
    expect(await second).toMatchObject({ value: 'https://fresh' });
    expect(hub.types).toEqual(['refresh-attachment', 'refresh-attachment']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    [3_999, true],
    [4_000, true],
    [4_001, false],
  ])('is waited for where the pace allows it in %i ms: %s', async (wait, isAsked) => {
    const hub = new TestHub().open();
    hub.pace.wait = wait;
    void hub.ask({ step: 'link', attachmentId: 'a' });
    await settle();
    hub.pace.wait = 0;
    await vi.advanceTimersByTimeAsync(wait);
    expect(hub.types).toEqual(isAsked ? ['refresh-attachment'] : []);
  });

  it('that can’t be requested when it may be is rejected', async () => {
    const hub = new TestHub().open();
    hub.isOnline = false;
    expect(await hub.ask({ step: 'link', attachmentId: 'a' })).toMatchObject({
      problem: { code: 'network' },
    });
  });
});

describe('a connection that ends', () => {
  it('fails what waits for an answer, but neither active uploads nor files that wait for a connection', async () => {
    const hub = new TestHub().open();
    const signals = putForEver();
    await hub.begin('moves');
    hub.target();
    await settle();
    put.mockResolvedValue();
    await checked(hub, 'looked-at');
    await hub.begin('asks');
    hub.pace.wait = 5_000;
    await hub.begin('waits');
    hub.uploads.forget();
    await settle();
    expect(signals[0]?.aborted).toBe(false);
    for (const [messageId, stage] of [
      ['looked-at', 'checking'],
      ['asks', 'asking'],
    ] as const) {
      expect(await hub.wait(stage, messageId)).toMatchObject({ problem: { code: 'file-lost' } });
    }
    hub.pace.wait = 0;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(hub.sent.filter(({ type }) => type === 'request-upload')).toHaveLength(4);
  });

  it('permanently leaves a file that waits for a connection to the next conversation', async () => {
    const hub = new TestHub();
    await hub.begin();
    hub.uploads.onEvent({ type: 'session-over', reason: 'expired', message: '' });
    for (const part of [{ isConnected: false }, { isReadOnly: true }]) {
      hub.open(part);
      await settle();
      expect(hub.types).toEqual([]);
    }
    hub.open({ isNew: true });
    await settle();
    expect(hub.types).toEqual(['request-upload']);
  });
});

describe('a failure that bears a name', () => {
  it('is the file’s that bears it, and no other’s', async () => {
    const hub = new TestHub().open();
    await hub.begin('one');
    const { attachmentId } = hub;
    await hub.begin('other');
    const failed = { type: 'attachment-failed', attachmentId, problem: problem('4001') } as const;
    expect(hub.uploads.onEvent(failed)).toBeNull();
    expect(await hub.wait('asking', 'one')).toMatchObject({ problem: { code: 'file-type' } });
    // Once more, it is nobody's here.
    expect(hub.uploads.onEvent(failed)).toBe(failed);
    hub.target();
    await settle();
    expect(put).toHaveBeenCalledTimes(1);
  });

  it('is the link’s that bears it', async () => {
    const hub = new TestHub().open();
    const link = hub.ask({ step: 'link', attachmentId: 'a' });
    await settle();
    const event = {
      type: 'attachment-failed',
      attachmentId: 'a',
      problem: problem('500'),
    } as const;
    expect(hub.uploads.onEvent(event)).toBeNull();
    expect(await link).toMatchObject({ problem: { code: 'unavailable' } });
  });

  it('is the link’s where it bears none, and is about no file that is on its way', async () => {
    const hub = new TestHub().open();
    const link = hub.ask({ step: 'link', attachmentId: 'a' });
    await settle();
    const event = { type: 'attachment-failed', attachmentId: null } as const;
    expect(hub.uploads.onEvent({ ...event, problem: problem('5000') })).toBeNull();
    expect(await link).toMatchObject({ problem: { code: 'unavailable' } });
  });
});
