import { byId } from './dom.ts';

export interface ComposerOptions {
  readonly onSend: (text: string) => void;
  readonly onTyping: (isTyping: boolean) => void;
}

const typingInterval = 3_000;

/** The agent's textbox: Enter sends, Shift+Enter adds a line. Each conversation has its own draft. */
export class Composer {
  readonly #form = byId('composer', HTMLFormElement);
  readonly #text = byId('text', HTMLTextAreaElement);
  readonly #drafts = new Map<string, string>();
  #conversationId: string | null = null;
  #signaledAt = 0;

  constructor(options: ComposerOptions) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      const text = this.#text.value.trim();
      if (text === '') return;
      this.#text.value = '';
      this.#signaledAt = 0;
      this.#fit();
      options.onTyping(false);
      options.onSend(text);
    });
    this.#text.addEventListener('keydown', (event) => {
      // During composition, Enter confirms the input method's candidate.
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#form.requestSubmit();
    });
    this.#text.addEventListener('input', () => {
      this.#fit();
      if (this.#text.value === '') {
        this.#signaledAt = 0;
        options.onTyping(false);
      } else if (performance.now() - this.#signaledAt > typingInterval || this.#signaledAt === 0) {
        this.#signaledAt = performance.now();
        options.onTyping(true);
      }
    });
  }

  /** @param conversationId `null` hides the composer */
  show(conversationId: string | null): void {
    this.#form.hidden = conversationId === null;
    if (conversationId === this.#conversationId) return;
    if (this.#conversationId !== null) this.#drafts.set(this.#conversationId, this.#text.value);
    this.#conversationId = conversationId;
    this.#text.value = conversationId === null ? '' : (this.#drafts.get(conversationId) ?? '');
    this.#signaledAt = 0;
    this.#fit();
  }

  focus(): void {
    this.#text.focus();
  }

  /** Fits the height to the text, up to six lines. Sets `rows`, because the CSP blocks inline styles. */
  #fit(): void {
    const lines = this.#text.value.split('\n').length;
    this.#text.rows = Math.min(6, Math.max(1, lines));
  }
}
