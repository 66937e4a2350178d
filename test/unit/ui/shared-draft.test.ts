import { describe, expect, it } from 'vitest';
import { SharedDraft } from '../../../src/ui/panel/shared-draft.ts';

/** A textbox with a draft that all tabs share. */
class Textbox {
  value = '';
  isBusy = false;
  readonly #draft = new SharedDraft();

  type(text: string): this {
    this.value = text;
    this.isBusy = true;
    this.#draft.record(text);
    return this;
  }

  send(): this {
    this.#draft.sent();
    this.value = '';
    return this;
  }

  hears(draft: string, epoch = 'boot.0'): string {
    const answer = this.#draft.receive(draft, epoch, this.value, this.isBusy);
    if (answer === 'replace') this.value = draft;
    return answer;
  }
}

describe('a shared draft', () => {
  it('is taken over from another tab', () => {
    const box = new Textbox();
    expect(box.hears('')).toBe('keep');
    expect(box.hears('from the other tab')).toBe('replace');
    expect(box.hears('from the other tab')).toBe('keep');
  });

  it('ignores its own echoes, however late they are', () => {
    const box = new Textbox();
    box.hears('');
    box.type('h').type('he').type('hel');
    expect(box.hears('h')).toBe('keep');
    expect(box.hears('hel')).toBe('keep');
    expect(box.value).toBe('hel');
    // All echoes have arrived, so this one is from another tab.
    expect(box.hears('help')).toBe('replace');
  });

  it('takes over the same text from another tab once the echo has arrived', () => {
    const box = new Textbox();
    box.hears('');
    box.type('h').type('he');
    box.hears('he');
    expect(box.hears('h')).toBe('replace');
  });

  it('keeps the typed text while it is on its way', () => {
    const box = new Textbox();
    box.hears('');
    box.type('mine');
    expect(box.hears('theirs')).toBe('keep');
    box.isBusy = false;
    expect(box.hears('theirs again')).toBe('replace');
  });

  it('is taken over into an idle textbox, even with an echo on its way', () => {
    const box = new Textbox();
    box.hears('');
    box.type('mine');
    box.isBusy = false;
    expect(box.hears('theirs')).toBe('replace');
    // The previous echo no longer counts.
    box.isBusy = true;
    expect(box.hears('mine')).toBe('replace');
  });

  it('stays empty after sending, while older echoes arrive', () => {
    const box = new Textbox();
    box.hears('');
    box.type('h').type('hello').send();
    expect(box.hears('hello')).toBe('keep');
    expect(box.hears('')).toBe('keep');
    expect(box.value).toBe('');
  });

  it('keeps the next text, even if the hub has just cleared the sent one', () => {
    const box = new Textbox();
    box.hears('');
    box.type('hello').send();
    box.hears('hello');
    box.value = 'next';
    box.isBusy = false;
    expect(box.hears('')).toBe('keep');
    expect(box.value).toBe('next');
  });

  it('does not change when something else in the snapshot does', () => {
    const box = new Textbox();
    box.hears('from the other tab');
    box.type('from the other tab, and here');
    box.isBusy = false;
    expect(box.hears('from the other tab')).toBe('keep');
  });

  it('does not expect two echoes of the same text in a row', () => {
    const box = new Textbox();
    box.hears('');
    box.type('a').type('a');
    expect(box.hears('a')).toBe('keep');
    expect(box.hears('b')).toBe('replace');
    expect(box.hears('a')).toBe('replace');
  });

  it('forgets the oldest of more than 64 echoes', () => {
    const typed = (count: number) => {
      const box = new Textbox();
      box.hears('');
      for (let index = 1; index <= count; index += 1) box.type(`text ${index}`);
      box.isBusy = false;
      return box.hears('text 1');
    };
    expect(typed(64)).toBe('keep');
    expect(typed(65)).toBe('replace');
  });

  describe('with a new hub', () => {
    it('is written again if the new hub does not have it', () => {
      const box = new Textbox();
      box.hears('');
      box.type('a longer text');
      expect(box.hears('a long', 'next.0')).toBe('write-again');
      expect(box.value).toBe('a longer text');
    });

    it('is kept if the new hub has the same', () => {
      const box = new Textbox();
      box.hears('');
      box.type('the same');
      expect(box.hears('the same', 'next.0')).toBe('keep');
    });

    it('is taken over into an empty textbox, unless it was sent from there', () => {
      const box = new Textbox();
      box.hears('');
      expect(box.hears('of another tab', 'next.0')).toBe('replace');

      const sent = new Textbox();
      sent.hears('');
      sent.type('hello').send();
      expect(sent.hears('hel', 'next.0')).toBe('write-again');
    });

    it('does not replace the textbox’s text', () => {
      const box = new Textbox();
      box.hears('');
      box.type('mine');
      expect(box.hears('theirs', 'next.0')).toBe('write-again');
    });

    it('still recognizes the echoes of text typed in the meantime', () => {
      const box = new Textbox();
      box.hears('');
      box.type('typed without a hub');
      box.hears('', 'next.0');
      expect(box.hears('typed without a hub', 'next.0')).toBe('keep');
    });
  });

  it('of another visitor replaces everything, and earlier echoes no longer count', () => {
    const box = new Textbox();
    box.hears('');
    box.type('of the first visitor');
    expect(box.hears('', 'boot.1')).toBe('replace');
    expect(box.value).toBe('');
    expect(box.hears('of the first visitor', 'boot.1')).toBe('replace');
  });

  it('of another visitor replaces everything in a new hub, too', () => {
    const box = new Textbox();
    box.hears('');
    box.type('of the first visitor');
    // The new hub has had a visitor of its own, and another one since.
    expect(box.hears('', 'next.1')).toBe('replace');
    expect(box.value).toBe('');
  });

  it('is kept if it was typed before there was any hub', () => {
    const box = new Textbox();
    box.hears('', '');
    box.type('the first words');
    expect(box.hears('', 'boot.1')).toBe('write-again');
  });

  it('of another visitor does not count as sent because the previous one sent the same', () => {
    const box = new Textbox();
    box.hears('');
    box.type('hello').send();
    box.hears('', 'boot.1');
    expect(box.hears('hel', 'next.0')).toBe('replace');
  });
});
