import { afterEach, describe, expect, it } from 'vitest';
import { Masker, reviveNumbers, withoutTexts } from '../../../src/inspector/mask.ts';
import {
  inspectorChannel,
  type Recording,
  recordedSchema,
  updateSchema,
} from '../../../src/inspector/protocol.ts';
import { inspectable } from '../../../src/inspector/worker.ts';
import { readRecording, replay, UnreadableRecording } from '../../simulation/replay.ts';
import { agentSays, conversationId, echo, TestHub } from '../core/harness.ts';

const channels: BroadcastChannel[] = [];
afterEach(() => {
  for (const channel of channels.splice(0)) channel.close();
});

let hubs = 0;

/** A hub that is seen by `inspectable()`, and what an inspector is answered by it. */
function seen(steps: number) {
  hubs += 1;
  // Those of other tests live on, and answer as well.
  const epoch = `boot-${hubs}`;
  const hub = new TestHub({ inspect: inspectable({ steps }), epoch });
  const channel = new BroadcastChannel(inspectorChannel);
  channels.push(channel);
  const ask = (type: 'poll' | 'record', since = 0) =>
    new Promise<unknown>((resolve) => {
      channel.onmessage = ({ data }: MessageEvent<unknown>) => {
        if (JSON.stringify(data).includes(`"${epoch}.`)) resolve(data);
      };
      channel.postMessage({ type, id: 'i', since, hubName: '' });
    });
  return { hub, ask, channel };
}

const words = ['Where is my parcel?', 'Ask Mrs Miller', 'Ada', 'half a thought', 'gold'];

function talk(hub: TestHub): void {
  hub.answersPings = true;
  hub.authenticated();
  hub.call({
    type: 'start',
    routing: { skillGroups: ['Billing'], attributes: { tier: 'gold', account: 4711 } },
  });
  hub.gateway({ type: 'conversation', conversation: { conversationId, status: 'queued' } });
  hub.rest().store();
  hub.call({ type: 'draft', text: 'half a thought' });
  hub.type('Where is my parcel?', 'm1');
  hub.gateway({ type: 'message', message: echo(1, 'm1', 'Where is my parcel?') }).flush();
  for (const sequence of [2, 4]) {
    const message = { ...agentSays(sequence, 'Ask Mrs Miller'), messageId: `a${sequence}` };
    hub.gateway({ type: 'message', message }).flush();
  }
  hub.pass(30_000);
}

async function record(limit = 1_000): Promise<Recording> {
  const { hub, ask } = seen(limit);
  talk(hub);
  return recordedSchema.parse(await ask('record')).recording;
}

describe('a recording', () => {
  it('contains no text, name or attribute', async () => {
    const text = JSON.stringify(await record());
    for (const word of words) expect(text).not.toContain(word);
    expect(text).not.toContain('4711');
    expect(text).toContain(conversationId);
  });

  it('goes the same way again', async () => {
    const recording = readRecording(JSON.stringify(await record()));
    const { steps, difference } = replay(recording);
    expect(difference).toBeNull();
    expect(steps).toBe(recording.steps.length);
    expect(steps).toBeGreaterThan(20);
  });

  it('goes the same way from its middle, too, where the first steps are forgotten', async () => {
    const recording = await record(10);
    expect(recording.steps.length).toBeLessThan(20);
    expect(recording.steps[0]?.number).toBeGreaterThan(0);
    expect(replay(readRecording(JSON.stringify(recording))).difference).toBeNull();
  });

  it('tells where it goes another way', async () => {
    const recording = await record();
    const steps = recording.steps.filter(({ input }) => input.type !== 'token');
    expect(replay({ ...recording, steps }).difference).not.toBeNull();
  });

  it.each([
    ['no JSON', 'This is no JSON'],
    ['{"format":"something else"}', 'This is no recording'],
    [
      JSON.stringify({
        format: 'partyline-recording',
        version: 2,
        build: '1',
        isSession: false,
        start: { settings: { bootId: 'e' } },
        steps: [],
      }),
      'only 1 can be read',
    ],
  ])('of another shape is refused: %s', (text, words) => {
    expect(() => readRecording(text)).toThrow(UnreadableRecording);
    expect(() => readRecording(text)).toThrow(words);
  });
});

describe('an inspector', () => {
  it('receives the phase, tabs with their credit, the outbox, and steps by number', async () => {
    const { hub, ask } = seen(1_000);
    talk(hub);
    hub.call({ type: 'send', messageId: 'm2', text: 'Where is my parcel?' });
    hub.flush();
    const first = updateSchema.parse(await ask('poll'));
    expect(first.status).toMatchObject({
      phase: 'online, conversation',
      tabs: [{ tabId: 'a', isVisible: true, needsPull: false }],
      outbox: [{ messageId: 'm2', stage: 'storing' }],
    });
    expect(first.status.tabs[0]?.credit).toBeLessThanOrEqual(16);
    const second = updateSchema.parse(await ask('poll', first.next));
    expect(second.steps).toEqual([]);
    for (const word of words) expect(JSON.stringify(first)).not.toContain(word);
  });

  it('gets no answer from a hub with another name', async () => {
    const { hub, ask, channel } = seen(1_000);
    talk(hub);
    const answers: unknown[] = [];
    channel.addEventListener('message', ({ data }) => answers.push(data));
    channel.postMessage({ type: 'poll', id: 'other', since: 0, hubName: 'de' });
    // Answers come in the order of the requests.
    await ask('poll');
    expect(answers).not.toContainEqual(expect.objectContaining({ id: 'other' }));
    expect(answers).toContainEqual(expect.objectContaining({ id: 'i' }));
  });
});

describe('masking', () => {
  it('keeps lengths, and tells two texts of one length apart', () => {
    const masker = new Masker();
    expect(masker.maskInput({ text: 'hello', draft: 'world', type: 'send' })).toEqual({
      text: '1xxxx',
      draft: '2xxxx',
      type: 'send',
    });
    expect(masker.maskEffects({ text: 'hello', message: 'Our own words.' })).toEqual({
      text: '1xxxx',
      message: 'Our own words.',
    });
  });

  it('carries numbers that JSON can’t hold', () => {
    const masked = JSON.parse(
      JSON.stringify(withoutTexts({ expiresAt: Number.POSITIVE_INFINITY })),
    );
    expect(reviveNumbers(masked)).toEqual({ expiresAt: Number.POSITIVE_INFINITY });
  });
});
