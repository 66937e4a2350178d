import { describe, expect, it } from 'vitest';
import { SharedDraft } from '../../../src/ui/panel/shared-draft.ts';

/** A textbox over a draft that all tabs share. */
class Textbox {
  value = '';
  isBusy = false;
  readonly #draft = new SharedDraft();

  type(text: string): this {
    this.value = text;
    this.isBusy = true;
    this.#draft.wrote(text);
    return this;
  }

  send(): this {
    this.#draft.sent();
    this.value = '';
    return this;
  }

  hears(draft: string, epoch = 'boot.0'): string {
    const answer = this.#draft.receive(draft, epoch, this.value, this.isBusy);
    if (answer === 'take') this.value = draft;
    return answer;
  }
}

describe('a draft that tabs share', () => {
  it('is taken from another tab', () => {
    const box = new Textbox();
    expect(box.hears('')).toBe('keep');
    expect(box.hears('from the other tab')).toBe('take');
    expect(box.hears('from the other tab')).toBe('keep');
  });

  it('does not take its own echoes, however late they are', () => {
    const box = new Textbox();
    box.hears('');
    box.type('h').type('he').type('hel');
    expect(box.hears('h')).toBe('keep');
    expect(box.hears('hel')).toBe('keep');
    expect(box.value).toBe('hel');
    // All echoes are in: what comes now is another tab's.
    expect(box.hears('help')).toBe('take');
  });

  it('takes the same words from another tab once their echo is in', () => {
    const box = new Textbox();
    box.hears('');
    box.type('h').type('he');
    box.hears('he');
    expect(box.hears('h')).toBe('take');
  });

  it('keeps what is being typed while it is under way', () => {
    const box = new Textbox();
    box.hears('');
    box.type('mine');
    expect(box.hears('theirs')).toBe('keep');
    box.isBusy = false;
    expect(box.hears('theirs again')).toBe('take');
  });

  it('gives an idle textbox what others wrote, though an echo is under way', () => {
    const box = new Textbox();
    box.hears('');
    box.type('mine');
    box.isBusy = false;
    expect(box.hears('theirs')).toBe('take');
    // The former echo counts for nothing any more.
    box.isBusy = true;
    expect(box.hears('mine')).toBe('take');
  });

  it('stays empty after it was sent, while older echoes come back', () => {
    const box = new Textbox();
    box.hears('');
    box.type('h').type('hello').send();
    expect(box.hears('hello')).toBe('keep');
    expect(box.hears('')).toBe('keep');
    expect(box.value).toBe('');
  });

  it('keeps what is typed next, though the hub has just cleared what was sent', () => {
    const box = new Textbox();
    box.hears('');
    box.type('hello').send();
    box.hears('hello');
    box.value = 'next';
    box.isBusy = false;
    expect(box.hears('')).toBe('keep');
    expect(box.value).toBe('next');
  });

  it('is no news when something else in the snapshot has changed', () => {
    const box = new Textbox();
    box.hears('from the other tab');
    box.type('from the other tab, and here');
    box.isBusy = false;
    expect(box.hears('from the other tab')).toBe('keep');
  });

  it('does not remember one text twice in a row', () => {
    const box = new Textbox();
    box.hears('');
    box.type('a').type('a');
    expect(box.hears('a')).toBe('keep');
    expect(box.hears('b')).toBe('take');
    expect(box.hears('a')).toBe('take');
  });

  it('forgets the oldest echo beyond sixty-four', () => {
    const typed = (count: number) => {
      const box = new Textbox();
      box.hears('');
      for (let index = 1; index <= count; index += 1) box.type(`text ${index}`);
      box.isBusy = false;
      return box.hears('text 1');
    };
    expect(typed(64)).toBe('keep');
    expect(typed(65)).toBe('take');
  });

  describe('and a hub that starts anew', () => {
    it('is written again where the new hub does not know it', () => {
      const box = new Textbox();
      box.hears('');
      box.type('a longer text');
      expect(box.hears('a long', 'next.0')).toBe('write-again');
      expect(box.value).toBe('a longer text');
    });

    it('is kept where the new hub has the same', () => {
      const box = new Textbox();
      box.hears('');
      box.type('the same');
      expect(box.hears('the same', 'next.0')).toBe('keep');
    });

    it('is taken into an empty textbox, but for what was sent from there', () => {
      const box = new Textbox();
      box.hears('');
      expect(box.hears('of another tab', 'next.0')).toBe('take');

      const sent = new Textbox();
      sent.hears('');
      sent.type('hello').send();
      expect(sent.hears('hel', 'next.0')).toBe('write-again');
    });

    it('is not taken over what stands in the textbox', () => {
      const box = new Textbox();
      box.hears('');
      box.type('mine');
      expect(box.hears('theirs', 'next.0')).toBe('write-again');
    });

    it('still knows the echoes of what was typed meanwhile', () => {
      const box = new Textbox();
      box.hears('');
      box.type('typed without a hub');
      box.hears('', 'next.0');
      expect(box.hears('typed without a hub', 'next.0')).toBe('keep');
    });
  });

  it('of another visitor replaces whatever stands there, and no echo counts any more', () => {
    const box = new Textbox();
    box.hears('');
    box.type('of the first visitor');
    expect(box.hears('', 'boot.1')).toBe('take');
    expect(box.value).toBe('');
    expect(box.hears('of the first visitor', 'boot.1')).toBe('take');
  });
});
