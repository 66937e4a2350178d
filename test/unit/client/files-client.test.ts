import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FilesClient } from '../../../src/client/calls/files-client.ts';
import { HubRpc } from '../../../src/client/calls/hub-rpc.ts';
import type { ErrorCode } from '../../../src/protocol/errors.ts';
import type { FileProgress } from '../../../src/protocol/files.ts';
import type { CallAnswer } from '../../../src/protocol/port.ts';
import type { ChatSnapshot } from '../../../src/protocol/snapshot.ts';
import { chatOf, PlayedChat } from '../ui/chat.ts';
import { own, snapshot } from '../ui/fixtures.ts';

interface FileCall {
  readonly type: string;
  readonly step?: string;
  readonly messageId?: string;
  readonly after?: FileProgress;
}

/** Files over a hub that answers each step as the test says. */
function filesOver(
  answer: (call: FileCall) => unknown,
  current = snapshot(),
): { files: FilesClient; asked: FileCall[] } {
  const asked: FileCall[] = [];
  const rpc = new HubRpc();
  rpc.onAttached({
    call: async (call): Promise<CallAnswer> => {
      asked.push(call);
      const value = await answer(call);
      return { ok: true, epoch: 'boot.0', value };
    },
    probe: () => {},
  });
  return {
    files: new FilesClient(
      chatOf(() => current),
      rpc,
    ),
    asked,
  };
}

const stepsOf = (asked: readonly FileCall[]) => asked.map(({ step }) => step);
const file = new File(['x'], 'a.png', { type: 'image/png' });

describe('FilesClient.send', () => {
  it('reports each stage once, until the message is stored', async () => {
    const stages: FileProgress[] = [
      { stage: 'waiting', percent: 0 },
      { stage: 'uploading', percent: 0 },
      { stage: 'uploading', percent: 50 },
      { stage: 'sent', percent: 100 },
    ];
    const { files, asked } = filesOver(({ step }) => (step === 'wait' ? stages.shift() : null));
    const reported: string[] = [];
    const messageId = await files.send(file, {
      onProgress: (stage, percent) => reported.push(`${stage} ${percent}`),
    });
    expect(reported).toEqual(['waiting 0', 'uploading 0', 'uploading 50', 'sent 100']);
    expect(stepsOf(asked)).toEqual(['begin', 'wait', 'wait', 'wait', 'wait']);
    expect(asked.every((call) => call.messageId === messageId)).toBe(true);
  });

  it('does not send a file that is already cancelled', async () => {
    const { files, asked } = filesOver(() => null);
    const signal = AbortSignal.abort(new Error('never mind'));
    await expect(files.send(file, { signal })).rejects.toThrow('never mind');
    expect(asked).toEqual([]);
  });

  it.each(['begin', 'wait'])(
    'tells the hub once when the signal aborts during “%s”',
    async (during) => {
      const abort = new AbortController();
      const { files, asked } = filesOver(({ step }) => {
        if (step === during) abort.abort(new Error('never mind'));
        // The hub has cancelled the upload.
        if (step === 'wait') throw new Error('cancelled');
        return null;
      });
      await expect(files.send(file, { signal: abort.signal })).rejects.toThrow();
      expect(stepsOf(asked).filter((step) => step === 'cancel')).toHaveLength(1);
      abort.abort();
      expect(stepsOf(asked).filter((step) => step === 'cancel')).toHaveLength(1);
    },
  );

  it('succeeds if the message is in the transcript although the hub died before it answered', async () => {
    let messageId = '';
    const current = snapshot();
    const { files } = filesOver((call) => {
      messageId = call.messageId ?? '';
      Object.assign(current, { messages: [own(messageId)] });
      if (call.step === 'wait') return 'no progress';
      return null;
    }, current);
    expect(await files.send(file)).toBe(messageId);
  });

  it('rejects if only other messages are in the transcript', async () => {
    const current = snapshot({ messages: [own('another')] });
    const { files } = filesOver(({ step }) => (step === 'wait' ? 'no progress' : null), current);
    await expect(files.send(file)).rejects.toMatchObject({ code: 'unknown-outcome' });
  });

  it('does not cancel after the file is sent', async () => {
    const abort = new AbortController();
    const { files, asked } = filesOver(({ step }) =>
      step === 'wait' ? { stage: 'sent', percent: 100 } : null,
    );
    await files.send(file, { signal: abort.signal });
    abort.abort();
    expect(stepsOf(asked)).toEqual(['begin', 'wait']);
  });

  it('rejects when the hub’s answer is invalid', async () => {
    const { files } = filesOver(({ step }) =>
      step === 'wait' ? { stage: 'elsewhere', percent: 1 } : null,
    );
    await expect(files.send(file)).rejects.toMatchObject({ code: 'unknown-outcome' });
  });
});

describe('FilesClient.send without a conversation', () => {
  const none = snapshot({ conversation: null });
  const ended = snapshot({ conversation: { conversationId: 'c0', status: 'ended' } });

  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Sends a file to a hub that stores it at once. */
  function sendIn(first: ChatSnapshot) {
    const played = new PlayedChat(first);
    const steps: (string | undefined)[] = [];
    const rpc = new HubRpc();
    rpc.onVisitor({ visitor: 'ada', resetCount: 0 });
    rpc.onAttached({
      call: async (call): Promise<CallAnswer> => {
        steps.push('step' in call ? call.step : undefined);
        return { ok: true, epoch: 'boot.0', value: { stage: 'sent', percent: 100 } };
      },
      probe: () => {},
    });
    const sent = new FilesClient(played.chat, rpc).send(file);
    sent.catch(() => undefined);
    return { played, steps, sent, rpc };
  }

  it.each([
    ['there is none', none],
    ['it has ended', ended],
  ])('waits for the snapshot to show one, where %s', async (_, first) => {
    const { played, steps, sent } = sendIn(first);
    await vi.advanceTimersByTimeAsync(1_000);
    played.change({ ...first, draft: 'h' });
    await vi.advanceTimersByTimeAsync(0);
    expect(steps).toEqual([]);
    played.change(snapshot());
    await expect(sent).resolves.toEqual(expect.any(String));
    expect(steps).toEqual(['begin', 'wait']);
    expect(played.listeners.size).toBe(0);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not upload the file when the conversation is another visitor’s', async () => {
    const { played, steps, sent, rpc } = sendIn(none);
    await vi.advanceTimersByTimeAsync(1_000);
    rpc.onVisitor({ visitor: 'grace', resetCount: 1 });
    played.change(snapshot());
    await expect(sent).rejects.toMatchObject({ code: 'signed-out' });
    expect(steps).toEqual([]);
  });

  it('rejects after 2 s', async () => {
    const { played, steps, sent } = sendIn(none);
    await vi.advanceTimersByTimeAsync(1_999);
    expect(played.listeners.size).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    await expect(sent).rejects.toMatchObject({ code: 'no-conversation' });
    expect(played.listeners.size).toBe(0);
    expect(steps).toEqual([]);
  });

  it('does not wait where there is one', async () => {
    const { played, sent } = sendIn(snapshot());
    expect(played.listeners.size).toBe(0);
    await expect(sent).resolves.toEqual(expect.any(String));
  });
});

describe('FilesClient.rules', () => {
  const rules = { mimeTypes: ['image/*'], blockedExtensions: ['.exe'], maximumSize: 10 };

  it('resolves with null for “invalid-call”, and rejects any other error', async () => {
    const refusing = (code: ErrorCode) => {
      const rpc = new HubRpc();
      const problem = { code, message: 'no' };
      const call = async (): Promise<CallAnswer> => ({ ok: false, epoch: 'boot.0', problem });
      rpc.onAttached({ call, probe: () => {} });
      return new FilesClient(chatOf(snapshot()), rpc).rules();
    };
    await expect(refusing('invalid-call')).resolves.toBeNull();
    await expect(refusing('unavailable')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('resolves with the hub’s rules or null, and rejects anything else', async () => {
    expect(await filesOver(() => rules).files.rules()).toEqual(rules);
    expect(await filesOver(() => null).files.rules()).toBeNull();
    const unlimited = { ...rules, maximumSize: null };
    expect(await filesOver(() => unlimited).files.rules()).toEqual(unlimited);
    for (const odd of [
      {},
      { ...rules, mimeTypes: [1] },
      { ...rules, blockedExtensions: ['.exe', 1] },
      { ...rules, maximumSize: 'large' },
      7,
    ]) {
      await expect(filesOver(() => odd).files.rules()).rejects.toMatchObject({
        code: 'unknown-outcome',
      });
    }
  });
});

describe('FilesClient.link', () => {
  it('accepts only http and https addresses', async () => {
    for (const url of ['https://files.example/a', 'http://files.example/a']) {
      expect(await filesOver(() => url).files.link('a')).toBe(url);
    }
    for (const odd of ['javascript:alert(1)//https://x', 'data:text/html,x', 7, null]) {
      await expect(filesOver(() => odd).files.link('a')).rejects.toMatchObject({
        code: 'unknown-outcome',
      });
    }
  });
});
