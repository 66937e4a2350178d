import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Chat, ChatPlatform } from '../../../src/client/chat.ts';
import type { Deployment } from '../../../src/protocol/deployment.ts';
import { LazyRichText } from '../../../src/ui/lazy-rich-text.ts';
import { plainFormat } from '../../../src/ui/panel/text-format.ts';
import { withResolvers } from '../../../src/worker/genesys-cloud/upload.ts';
import { chatOf } from './chat.ts';
import { message, own, snapshot } from './fixtures.ts';

const bold = message('a', { text: '*now* at [ours](https://a.example)' });

/** A chat whose platform answers as it is told. */
class Played {
  asked = 0;
  answer: () => Promise<Deployment | null> = async () => null;
  current = snapshot({ messages: [bold] });
  readonly changes = vi.fn();
  readonly richText = new LazyRichText(this.changes);
  readonly chat: Chat = this.newChat();

  newChat(): Chat {
    return chatOf(() => this.current, { platform: async () => this.#platform() });
  }

  #platform(): ChatPlatform {
    this.asked += 1;
    return {
      files: { rules: async () => null, send: async () => '', link: async () => '' },
      deployment: () => this.answer(),
      clear: async () => {},
      signIn: async () => {},
      setJourneyContext: async () => {},
    };
  }

  async receive(changes: Parameters<typeof snapshot>[0] = {}, chat = this.chat): Promise<void> {
    this.current = { ...this.current, ...changes };
    this.richText.receive(chat);
    await this.settled();
  }

  /** The module is loaded in some tasks. */
  async settled(): Promise<void> {
    await this.richText.spoken(bold);
    await this.richText.spoken(bold);
  }
}

function deployment(usesMarkdown: boolean): Deployment {
  return {
    languages: [],
    defaultLanguage: null,
    sendsTyping: true,
    showsTyping: true,
    autoStart: false,
    canClear: false,
    usesMarkdown,
    allowsUpgrade: false,
    isActive: true,
    isMessengerEnabled: true,
    disconnect: 'none',
    uploads: null,
  };
}

const { connection, hub } = snapshot();

afterEach(() => {
  vi.useRealTimers();
});

describe('rich text is shown', () => {
  it('where the platform’s settings say so', async () => {
    const played = new Played();
    played.answer = async () => deployment(true);
    await played.receive();
    expect(played.changes).toHaveBeenCalledOnce();
    const { format } = played.richText;
    expect(format.spoken(bold)).toBe('now at ours');
    expect(format.saved(bold)).toBe('now at ours (https://a.example/)');
  });

  it.each([deployment(false), null])('nowhere else (%j)', async (answer) => {
    const played = new Played();
    played.answer = async () => answer;
    await played.receive();
    expect(played.asked).toBe(1);
    expect(played.changes).not.toHaveBeenCalled();
    expect(played.richText.format).toBe(plainFormat);
    expect(await played.richText.spoken(bold)).toBe(bold.text);
  });

  it('of agents and bots only', async () => {
    const played = new Played();
    played.richText.mode = 'on';
    await played.settled();
    const { format } = played.richText;
    const text = '*x*';
    for (const one of [
      own('v', { text }),
      message('s', { text, from: { id: 's', name: '', role: 'system' } }),
    ]) {
      expect(format.spoken(one)).toBe(text);
      expect(format.saved(one)).toBe(text);
    }
    expect(format.spoken(message('b', { text, from: { id: 'b', name: '', role: 'bot' } }))).toBe(
      'x',
    );
  });

  it('never of content, which has no marks', async () => {
    const played = new Played();
    played.richText.mode = 'on';
    await played.settled();
    const content = [{ type: 'link', url: 'https://a.example', text: '*x*' }] as const;
    const { format } = played.richText;
    expect(format.spoken(message('c', { text: '', content }))).toBe('*x*');
    expect(format.saved(message('c', { text: '', content }))).toBe('*x*');
  });

  it('or not, as the site says, without asking', async () => {
    const played = new Played();
    played.richText.mode = 'on';
    await played.receive();
    expect(played.richText.format.spoken(bold)).toBe('now at ours');
    played.richText.mode = 'off';
    expect(played.richText.format).toBe(plainFormat);
    expect(played.changes).toHaveBeenCalledTimes(2);
    await played.receive();
    expect(played.asked).toBe(0);
  });
});

describe('the platform is asked', () => {
  it('only once there is something to show, and a hub', async () => {
    const played = new Played();
    played.answer = async () => deployment(false);
    await played.receive({ messages: [], conversation: null });
    await played.receive({ messages: [bold], hub: { ...hub, epoch: '' } });
    expect(played.asked).toBe(0);
    await played.receive({ hub });
    await played.receive();
    expect(played.asked).toBe(1);
  });

  it('again by another hub, while what is known stays', async () => {
    const played = new Played();
    played.answer = async () => deployment(true);
    await played.receive();
    const { format } = played.richText;
    await played.receive({ hub: { ...hub, epoch: 'other.0' } });
    expect(played.asked).toBe(2);
    expect(played.richText.format).toBe(format);
    expect(played.changes).toHaveBeenCalledOnce();
  });

  it('again after a reconnect, as long as nothing is known', async () => {
    const played = new Played();
    await played.receive();
    await played.receive({ connection: { ...connection, phase: 'waiting' } });
    expect(played.asked).toBe(1);
    played.answer = async () => deployment(false);
    await played.receive({ connection });
    expect(played.asked).toBe(2);
    await played.receive({ connection: { ...connection, phase: 'waiting' } });
    await played.receive({ connection });
    expect(played.asked).toBe(2);
  });

  it('again after a failure', async () => {
    const played = new Played();
    played.answer = () => Promise.reject(new Error('the hub is gone'));
    await played.receive();
    await played.receive();
    expect(played.asked).toBe(2);
  });

  it('for each chat: what another one’s says does not count', async () => {
    const played = new Played();
    const late = withResolvers<Deployment>();
    played.answer = async () => deployment(true);
    await played.receive();
    played.answer = () => late.promise;
    const other = played.newChat();
    played.richText.receive(other);
    expect(played.richText.format).toBe(plainFormat);
    played.answer = async () => deployment(false);
    await played.receive({}, played.chat);
    late.resolve(deployment(true));
    await played.settled();
    expect(played.richText.format).toBe(plainFormat);
  });
});

it('a notification waits for the settings, but not long', async () => {
  vi.useFakeTimers();
  const played = new Played();
  played.answer = () => new Promise(() => {});
  played.richText.receive(played.chat);
  let text = '';
  void played.richText.spoken(bold).then((spoken) => {
    text = spoken;
  });
  await vi.advanceTimersByTimeAsync(1_499);
  expect(text).toBe('');
  await vi.advanceTimersByTimeAsync(1);
  expect(text).toBe(bold.text);
});

it('code that can’t be loaded leaves the text as it is, is logged, and is tried again', async () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  vi.doMock('../../../src/ui/panel/rich-text-format.ts', () => {
    throw new Error('404');
  });
  onTestFinished(() => vi.doUnmock('../../../src/ui/panel/rich-text-format.ts'));
  const played = new Played();
  played.richText.mode = 'on';
  await played.settled();
  expect(played.richText.format).toBe(plainFormat);
  expect(warn).toHaveBeenCalledOnce();
  vi.doUnmock('../../../src/ui/panel/rich-text-format.ts');
  played.richText.mode = 'on';
  await played.settled();
  expect(played.richText.format.spoken(bold)).toBe('now at ours');
});
