import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { createRef } from 'lit/directives/ref.js';
import type { Chat } from '../../client/chat.ts';
import type { Routing } from '../../protocol/conversation.ts';
import { hasVisitorChanged } from '../../protocol/epoch.ts';
import type { ChatSnapshot } from '../../protocol/snapshot.ts';
import { toDisplayError } from '../display-error.ts';
import type { Messages } from '../messages.ts';
import { SharedDraft } from './shared-draft.ts';
import { TypingSignal } from './typing-signal.ts';

/** The maximum length for `Chat.send`, in UTF-16 code units. */
export const maximumLength = 4_096;

/** Resolved at render time, since the language can change while the text is shown. */
type LocalizedText = (texts: Messages) => string;

interface ComposerHost extends ReactiveControllerHost {
  readonly chat: Chat | null;
  readonly routing: Routing | null;
  readonly texts: Messages;
}

/**
 * The visitor's draft, from the first letter until it is sent. The textarea holds the text. Lit never
 * renders into it, so that input methods aren't disturbed.
 */
export class Composer implements ReactiveController {
  readonly textarea = createRef<HTMLTextAreaElement>();
  /** In UTF-16 code units. */
  length = 0;
  /** Why the last text wasn't sent. */
  refusal: LocalizedText | null = null;

  readonly #host: ComposerHost;
  readonly #onSent: () => void;
  readonly #typing = new TypingSignal();
  #draft = new SharedDraft();
  #isComposing = false;
  /** The text of the input method is a previous visitor's. */
  #isForeignComposition = false;
  #isPasting = false;
  /** Refused texts that were put back at the start of the textarea. */
  #returned = '';

  /** @param onSent called after a text was passed to `Chat.send` */
  constructor(host: ComposerHost, onSent: () => void) {
    this.#host = host;
    this.#onSent = onSent;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#typing.stop();
  }

  get value(): string {
    return this.textarea.value?.value ?? '';
  }

  focus(): void {
    // The panel is already in view. Scrolling would move the page under the visitor.
    this.textarea.value?.focus({ preventScroll: true });
  }

  /** Called when the element shows another chat: the draft belongs to the previous one. */
  changeChat(): void {
    this.#typing.stop();
    this.#draft = new SharedDraft();
    this.#returned = '';
    this.refusal = null;
    this.#isForeignComposition = this.#isComposing;
    this.#setText('');
  }

  receive(chat: Chat, snapshot: ChatSnapshot): void {
    const { value: textarea } = this.textarea;
    const { draft, hub } = snapshot;
    if (!textarea) return;
    if (this.#draft.isOtherGenerations(hub.epoch)) this.#forgetVisitor();
    else if (this.#isComposing) return;
    const isBusy = textarea.matches(':focus');
    switch (this.#draft.receive(draft, hub.epoch, textarea.value, isBusy)) {
      case 'replace':
        this.#setText(draft);
        break;
      case 'write-again':
        this.#setDraft(chat, textarea.value);
        break;
      case 'keep':
        break;
    }
  }

  /** Forgets what the previous visitor has left beside the text itself. */
  #forgetVisitor(): void {
    this.#typing.stop();
    this.#returned = '';
    this.refusal = null;
    // The input method may still put its text into the empty textarea.
    this.#isForeignComposition = this.#isComposing;
  }

  readonly onInput = (event: Event): void => {
    const { chat } = this.#host;
    // Some browsers end a composition without an event when its text is replaced.
    if (this.#isForeignComposition && isComposing(event)) return;
    this.#isForeignComposition = false;
    this.refusal = null;
    this.#measure();
    if (this.#isPasting && this.length > maximumLength) {
      this.#showRefusal(tooLong(this.length));
    }
    this.#isPasting = false;
    if (!chat) return;
    this.#draft.record(this.value);
    chat.setDraft(this.value);
    if (this.value === '') this.#typing.stop();
    else this.#typing.onInput(chat);
  };

  /** A pasted text that is too long is reported at once, not only on sending. */
  readonly onPaste = (): void => {
    this.#isPasting = true;
  };

  readonly onBlur = (): void => {
    this.#typing.stop();
  };

  readonly onCompositionStart = (): void => {
    this.#isComposing = true;
    this.#isForeignComposition = false;
  };

  readonly onCompositionEnd = (): void => {
    this.#isComposing = false;
    const { chat } = this.#host;
    if (!chat) return;
    const snapshot = chat.getSnapshot();
    if (this.#isForeignComposition) this.#setText(snapshot.draft);
    this.#isForeignComposition = false;
    // Drafts were not received meanwhile.
    this.receive(chat, snapshot);
  };

  readonly onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey) return;
    // 229: Safari ends the composition before the Enter that selects a candidate (WebKit bug 165004).
    if (event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#submit();
  };

  readonly onSubmit = (event: Event): void => {
    event.preventDefault();
    this.focus();
    this.#submit();
  };

  #submit(): void {
    const text = this.value.trim();
    if (text === '') return;
    const refusal = this.#refuse(text);
    if (refusal !== null) {
      this.#showRefusal(refusal);
      return;
    }
    const { chat, routing } = this.#host;
    if (!chat) return;
    this.refusal = null;
    this.#returned = '';
    const { conversation, hub } = chat.getSnapshot();
    // A text that is written while the conversation ends is for the next one.
    const isOver = conversation?.status === 'ended' || conversation?.ending === 'pending';
    const opening = routing && (!conversation || isOver) ? this.#open(chat, routing) : null;
    chat.send(text).catch(async (error: unknown) => {
      if (!this.#isCurrent(chat, hub.epoch)) return;
      this.#putBack(chat, text);
      const displayError = toDisplayError(error);
      // The actual reason is the one for which no conversation could be started.
      const reason = displayError.code === 'no-conversation' ? await opening : null;
      if (!this.#isCurrent(chat, hub.epoch)) return;
      this.#showRefusal(reason ?? ((texts) => texts.error(displayError)));
    });
    this.#draft.sent();
    this.#setText('');
    this.#typing.stop();
    this.#onSent();
  }

  /** Why the text can't be sent; `null` if it can. */
  #refuse(text: string): LocalizedText | null {
    const { chat, routing } = this.#host;
    if (text.length > maximumLength) return tooLong(text.length);
    if (!chat) return (texts) => texts.notReady;
    const { conversation } = chat.getSnapshot();
    const isOpen = conversation !== null && conversation.status !== 'ended';
    return isOpen || routing ? null : (texts) => texts.noRouting;
  }

  /** Resolves with the reason for a failure, unless the panel shows it elsewhere. */
  async #open(chat: Chat, routing: Routing): Promise<LocalizedText | null> {
    const { hub } = chat.getSnapshot();
    try {
      await chat.start(routing);
      return null;
    } catch (error) {
      const displayError = toDisplayError(error);
      // After a timeout the hub keeps trying, and the message waits. A refused routing has its own notice.
      if (displayError.code === 'timeout' || displayError.code === 'routing-refused') return null;
      const reason: LocalizedText = (texts) => texts.error(displayError);
      if (this.#isCurrent(chat, hub.epoch)) this.#showRefusal(reason);
      return reason;
    }
  }

  /** Whether the answer to a call is still for the chat and the visitor that it was made for. */
  #isCurrent(chat: Chat, epoch: string): boolean {
    return chat === this.#host.chat && !hasVisitorChanged(epoch, chat.getSnapshot().hub.epoch);
  }

  #putBack(chat: Chat, text: string): void {
    const { value } = this;
    const first = value.startsWith(this.#returned) ? this.#returned : '';
    const rest = value.slice(first.length).replace(/^\n/, '');
    this.#returned = first ? `${first}\n${text}` : text;
    this.#setText(rest ? `${this.#returned}\n${rest}` : this.#returned);
    this.#setDraft(chat, this.value);
  }

  #showRefusal(refusal: LocalizedText): void {
    this.refusal = refusal;
    this.#host.requestUpdate();
  }

  #setDraft(chat: Chat, draft: string): void {
    this.#draft.record(draft);
    chat.setDraft(draft);
  }

  #setText(text: string): void {
    const { value: textarea } = this.textarea;
    if (!textarea) return;
    if (textarea.value !== text) textarea.value = text;
    this.#measure();
  }

  #measure(): void {
    this.length = this.value.trim().length;
    this.fit();
    this.#host.requestUpdate();
  }

  /** Fits the textarea's height to its text, for browsers without `field-sizing`. */
  fit(): void {
    const { value: textarea } = this.textarea;
    if (!textarea || CSS.supports('field-sizing', 'content')) return;
    textarea.style.blockSize = 'auto';
    textarea.style.blockSize = `${textarea.scrollHeight}px`;
  }
}

function isComposing(event: Event): boolean {
  return 'isComposing' in event && event.isComposing === true;
}

function tooLong(length: number): LocalizedText {
  return (texts) => texts.tooLong(length, maximumLength);
}
