import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Routing } from '../../../src/protocol/conversation.ts';
import { PartylineError } from '../../../src/protocol/errors.ts';
import { english } from '../../../src/ui/messages.ts';
import { Composer } from '../../../src/ui/panel/composer.ts';
import { PlayedChat } from './chat.ts';
import { snapshot } from './fixtures.ts';
import { TestHost } from './host.ts';

/** A textbox with its composer, and a chat whose visitor the test changes. */
class Textbox {
  readonly drafts: string[] = [];
  readonly textarea = { value: '', matches: () => true, focus: () => {} };
  readonly played: PlayedChat;
  readonly composer: Composer;
  /** How the hub answers messages. */
  send = async (): Promise<string> => 'm1';
  start = async (): Promise<never> => {
    throw new Error('there is a conversation');
  };

  /** @param routing with it, there is no conversation yet */
  constructor(routing: Routing | null = null) {
    this.played = new PlayedChat(snapshot(routing ? { conversation: null } : {}), {
      start: () => this.start(),
      setDraft: (text) => void this.drafts.push(text),
      setTyping: () => {},
      send: () => this.send(),
    });
    const { chat } = this.played;
    const host = Object.assign(new TestHost(), { chat, routing, texts: english });
    this.composer = new Composer(host, () => {});
    Object.assign(this.composer.textarea, { value: this.textarea });
    this.shows({});
  }

  shows(changes: { draft?: string; epoch?: string }): this {
    const { draft = this.played.current.draft, epoch = this.played.current.hub.epoch } = changes;
    const { hub } = this.played.current;
    this.played.change({ ...this.played.current, draft, hub: { ...hub, epoch } });
    this.composer.receive(this.played.chat, this.played.current);
    return this;
  }

  types(text: string, isComposing = false): this {
    this.textarea.value = text;
    this.composer.onInput(Object.assign(new Event('input'), { isComposing }));
    return this;
  }

  /** An input method composes a text, which is not complete. */
  composes(text: string): this {
    this.composer.onCompositionStart();
    return this.types(text, true);
  }

  /** @param text what the input method leaves in the textbox */
  completes(text: string): this {
    this.types(text, true);
    this.composer.onCompositionEnd();
    return this;
  }

  submits(): this {
    this.composer.onSubmit(new Event('submit'));
    return this;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('CSS', { supports: () => true });
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('a composition', () => {
  it('is not disturbed by another tab’s draft, which is taken over once it has ended', () => {
    const box = new Textbox();
    box.composer.onCompositionStart();
    box.shows({ draft: 'from the other tab' });
    expect(box.textarea.value).toBe('');
    box.composer.onCompositionEnd();
    expect(box.textarea.value).toBe('from the other tab');
  });

  it('is kept when it has ended, if nothing else has come', () => {
    const box = new Textbox().composes('に').shows({ draft: 'に' }).completes('日本');
    expect(box.textarea.value).toBe('日本');
    expect(box.drafts.at(-1)).toBe('日本');
  });

  it('of a previous visitor becomes nobody’s draft, although the input method goes on', () => {
    const box = new Textbox().composes('ひみつ');
    const before = [...box.drafts];
    box.shows({ draft: '', epoch: 'boot.1' });
    expect(box.textarea.value).toBe('');
    box.types('秘密', true).completes('秘密です');
    expect(box.drafts).toEqual(before);
    expect(box.textarea.value).toBe('');
    box.types('hello');
    expect(box.drafts.at(-1)).toBe('hello');
  });

  it('of a previous visitor that ended unseen does not silence the next one', () => {
    const box = new Textbox().composes('ひみつ').shows({ draft: '', epoch: 'boot.1' });
    expect(box.types('hello').drafts.at(-1)).toBe('hello');
    const other = new Textbox().composes('ひみつ').shows({ draft: '', epoch: 'boot.1' });
    expect(other.composes('に').drafts.at(-1)).toBe('に');
  });
});

describe('the next visitor', () => {
  it('finds no text and no refusal of the previous one', async () => {
    const box = new Textbox();
    box.send = () => Promise.reject(new PartylineError('rate-limited', 'refused'));
    box.types('secret').submits();
    await vi.advanceTimersByTimeAsync(0);
    expect(box.textarea.value).toBe('secret');
    expect(box.composer.refusal).not.toBeNull();

    box.shows({ draft: '', epoch: 'boot.1' });
    expect(box.textarea.value).toBe('');
    expect(box.composer.refusal).toBeNull();
  });

  it.each(['start', 'send'] as const)(
    'is not told why a call of the previous one was refused: %s',
    async (late) => {
      let refuse: (error: PartylineError) => void = () => {};
      const pending = new Promise<never>((_, reject) => {
        refuse = reject;
      });
      const box = new Textbox({ skillGroups: ['Billing'] });
      const refused = new PartylineError('no-conversation', 'refused');
      box.send = () => Promise.reject(refused);
      box.start = () => pending;
      if (late === 'send') {
        box.send = () => pending;
        box.start = () => new Promise(() => {});
      }
      box.types('secret').submits();
      await vi.advanceTimersByTimeAsync(0);
      box.shows({ draft: '', epoch: 'boot.1' });
      refuse(refused);
      await vi.advanceTimersByTimeAsync(0);
      expect(box.composer.refusal).toBeNull();
      expect(box.textarea.value).toBe('');
    },
  );
});
