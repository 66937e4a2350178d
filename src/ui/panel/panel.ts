import { html, LitElement, nothing, type PropertyValues } from 'lit';
import type { Chat } from '../../client/chat.ts';
import type { Reply } from '../../protocol/content.ts';
import type { Routing } from '../../protocol/conversation.ts';
import { hasVisitorChanged } from '../../protocol/epoch.ts';
import type { Message } from '../../protocol/message.ts';
import type { ChatSnapshot } from '../../protocol/snapshot.ts';
import { withWords } from '../content-words.ts';
import { type DisplayError, toDisplayError } from '../display-error.ts';
import type { Messages } from '../messages.ts';
import { english } from '../messages.ts';
import { senderName } from '../sender-name.ts';
import { Announcer } from './announcer.ts';
import { Composer } from './composer.ts';
import { composerView } from './composer-view.ts';
import { Confirmation, type Question } from './confirmation.ts';
import { isOutdated } from './connection.ts';
import { feed } from './feed.ts';
import { LazyFiles } from './files/lazy-files.ts';
import { LazyForms } from './forms/lazy-forms.ts';
import { header } from './header.ts';
import { Menu, type MenuItem } from './menu.ts';
import { newMessages } from './new-messages.ts';
import { Pagination } from './pagination.ts';
import { routingNotice } from './routing-notice.ts';
import { RovingFocus } from './roving-focus.ts';
import { ScrollAnchor } from './scroll-anchor.ts';
import { plainFormat, type TextFormat } from './text-format.ts';
import { Ticker } from './ticker.ts';
import { saveTranscript } from './transcript-file.ts';
import { UnreadMark } from './unread-mark.ts';
import { updateNotice } from './update-notice.ts';
import { VirtualRows } from './virtual-rows.ts';
import { VisibleWindow } from './visible-window.ts';

/** If more messages arrive at once, only their number is announced. */
const maximumAnnounced = 3;

/**
 * The chat panel. It has no shadow root of its own and renders into its parent's.
 *
 * @fires close when the visitor closes it
 * @fires update when the visitor accepts the site's newer version
 */
export class PartylinePanel extends LitElement {
  static override properties = {
    chat: { attribute: false },
    routing: { attribute: false },
    heading: { attribute: false },
    texts: { attribute: false },
    signIn: { attribute: false },
    open: { type: Boolean },
    outdated: { type: Boolean },
    format: { attribute: false },
    snapshot: { state: true },
    error: { state: true },
  };

  declare chat: Chat | null;
  declare routing: Routing | null;
  declare heading: string;
  declare texts: Messages;
  /** The URL of the site's sign-in page. */
  declare signIn: string | null;
  declare open: boolean;
  /** Whether the site has a newer version than this page. */
  declare outdated: boolean;
  /** How the texts of messages are written. */
  declare format: TextFormat;
  /** The snapshot that is shown. Not updated while the panel is closed. */
  declare snapshot: ChatSnapshot | null;
  /** Why the visitor's last action failed. */
  declare error: DisplayError | null;

  readonly #composer = new Composer(this, () => this.#onSent());
  readonly #files = new LazyFiles(this, {
    onAnnouncement: (line) => this.#announcer.announce([line]),
    onError: (error) => {
      this.error = toDisplayError(error);
    },
    onRemoved: () => this.#composer.focus(),
  });
  readonly #forms = new LazyForms(this);
  readonly #pagination = new Pagination(this);
  readonly #scrollAnchor = new ScrollAnchor(this, {
    onTop: () => this.#pagination.load(),
    onEnd: () => this.#markRead(),
  });
  readonly #rovingFocus = new RovingFocus(this);
  readonly #virtualRows = new VirtualRows();
  readonly #unread = new UnreadMark();
  readonly #menu = new Menu(this);
  readonly #confirmation = new Confirmation(this, (question) => this.#onConfirmed(question));
  /** The messages when an agent joined. The notice goes away with the next message. */
  #messagesAtJoin: readonly Message[] | null = null;
  /** Whose typing was announced to screen readers. */
  #announcedTyping: string | null = null;
  readonly #announcer = new Announcer(this);
  #unsubscribe: (() => void) | null = null;
  /** The messages when the end of the feed was last in view. */
  #seenMessages: readonly Message[] = [];
  #lastMarkedRead: ChatSnapshot | null = null;
  #shouldFocusComposer = false;
  /** `error` is that of a call to end the conversation. */
  #isErrorOfEnd = false;

  constructor() {
    super();
    this.chat = null;
    this.routing = null;
    this.heading = '';
    this.texts = english;
    this.signIn = null;
    this.open = false;
    this.outdated = false;
    this.format = plainFormat;
    this.snapshot = null;
    this.error = null;
    new Ticker(this, () => (this.open ? (this.snapshot?.connection.retryAt ?? null) : null));
    new VisibleWindow(this);
  }

  /** Focuses the textbox after the next render. */
  focusComposer(): void {
    this.#shouldFocusComposer = true;
    this.requestUpdate();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('visibilitychange', this.#onVisibility);
    this.#subscribe();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('chat') || changed.has('open')) this.#subscribe();
    if (changed.has('open') && this.open) {
      this.#scrollAnchor.isFollowing = true;
      this.#unread.open(this.snapshot);
    }
  }

  protected override render(): unknown {
    const { snapshot, texts, heading } = this;
    const { controller: files } = this.#files;
    const now = Date.now();
    const scrollAnchor = this.#scrollAnchor;
    return html`
      <section class="panel" part="panel" role="dialog" aria-label=${texts.chat} ?hidden=${!this.open}
        @dragenter=${files?.onDrag} @dragover=${files?.onDrag} @dragleave=${files?.onDragLeave} @drop=${files?.onDrop}>
        ${header({
          snapshot,
          heading,
          texts,
          now,
          signIn: this.signIn,
          menu: this.#menuOf(snapshot),
          onClose: this.#close,
          onRetryNow: this.#retryNow,
        })}
        ${this.#confirmation.render(texts)}
        ${updateNotice(this.outdated, texts, this.#update)}
        ${routingNotice({ chat: this.chat, snapshot, texts, attempt: this.#runAndFocus })}
        ${feed({
          snapshot,
          texts,
          now,
          scrollAnchor,
          rovingFocus: this.#rovingFocus,
          pagination: this.#pagination,
          virtualRows: this.#virtualRows,
          firstUnread: this.#unread.first,
          hasJoined: this.#messagesAtJoin !== null && this.#messagesAtJoin === snapshot?.messages,
          onStartAgain: this.#startAgain,
          onEndAgain: this.#end,
          onSave: this.#save,
          below: scrollAnchor.isFollowing
            ? 0
            : newMessages(this.#seenMessages, snapshot?.messages ?? []).length,
          onLoadEarlier: this.#loadEarlier,
          onJump: this.#jump,
          onReply: this.#reply,
          links: files?.links ?? null,
          forms: this.#forms.render,
          format: this.format,
          onRetry: this.#retry,
          onDiscard: this.#discard,
        })}
        <div class="error" role="alert">${this.error && !this.#isErrorOfEndShown ? texts.error(this.error) : nothing}</div>
        ${composerView(this.#composer, files, texts)}
        ${files?.target()}
        <slot name="footer"></slot>
        <div class="quiet" role="log">${this.#announcer.lines.map((line) => html`<p>${line}</p>`)}</div>
      </section>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('chat') && changed.get('chat')) this.#composer.changeChat();
    if (changed.has('open') && this.open) this.#composer.fit();
    if (this.chat && this.snapshot) {
      this.#composer.receive(this.chat, this.snapshot);
      this.#files.receive(this.chat, this.snapshot);
      this.#forms.receive(this.chat, this.snapshot);
    }
    if (this.open && this.#virtualRows.measure(this.querySelectorAll<HTMLElement>('.item'))) {
      this.requestUpdate();
    }
    if (this.#scrollAnchor.isFollowing) this.#seenMessages = this.snapshot?.messages ?? [];
    if (this.open && this.#shouldFocusComposer) {
      this.#shouldFocusComposer = false;
      this.#composer.focus();
    }
    this.#markRead();
  }

  #subscribe(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    if (!this.isConnected || !this.open) return;
    this.snapshot = this.chat?.getSnapshot() ?? null;
    this.#unsubscribe = this.chat?.subscribe(this.#onChange) ?? null;
  }

  readonly #onChange = (): void => {
    const before = this.snapshot;
    const after = this.chat?.getSnapshot() ?? null;
    this.snapshot = after;
    if (!before || !after) return;
    this.#unread.change(before, after, this.#isSeen);
    const wasQueued = before.conversation?.status === 'queued';
    if (wasQueued && after.conversation?.status === 'connected')
      this.#messagesAtJoin = after.messages;
    this.#announce(before, after);
  };

  #announce(before: ChatSnapshot, after: ChatSnapshot): void {
    // From empty without a conversation, this is the history being loaded.
    if (before.messages.length === 0 && !before.conversation) return;
    if (hasVisitorChanged(before.hub.epoch, after.hub.epoch)) return;
    this.#announceTyping(before, after);
    const heard = newMessages(before.messages, after.messages);
    this.#announcer.announce(
      heard.length > maximumAnnounced
        ? [this.texts.announcementCount(heard.length)]
        : heard.map((message) => this.#announcementOf(message)),
    );
  }

  #announcementOf(message: Message): string {
    const { texts } = this;
    const name = senderName(message.from, texts);
    const text = withWords(this.format.spoken(message), message, texts);
    if (text.trim() === '') return texts.announcementCount(1);
    return texts.announcement(name, text);
  }

  get #isSeen(): boolean {
    return this.open && this.#scrollAnchor.isFollowing && document.visibilityState === 'visible';
  }

  /** Announces typing once, until the next message. */
  #announceTyping(before: ChatSnapshot, after: ChatSnapshot): void {
    if (before.messages !== after.messages) this.#announcedTyping = null;
    if (!after.typing) return;
    const name = senderName(after.typing, this.texts);
    if (name === this.#announcedTyping) return;
    this.#announcedTyping = name;
    this.#announcer.announce([this.texts.typing(name)]);
  }

  #menuOf(snapshot: ChatSnapshot | null): unknown {
    const { texts } = this;
    const items: MenuItem[] = [];
    if (snapshot && snapshot.messages.length > 0) {
      items.push({ label: texts.saveText, onSelect: this.#save });
    }
    const { conversation } = snapshot ?? {};
    if (conversation && conversation.status !== 'ended') {
      if (conversation.ending !== 'pending')
        items.push({ label: texts.end, onSelect: () => void this.#confirmation.ask('end') });
      if (this.#files.canClear) {
        items.push({ label: texts.clear, onSelect: () => void this.#confirmation.ask('clear') });
      }
    }
    return items.length > 0 ? this.#menu.render(texts.more, items) : nothing;
  }

  readonly #save = (): void => {
    if (this.chat) void this.#attempt(saveTranscript(this.chat, this.texts, this.format));
  };

  #onConfirmed(question: Question): void {
    const { chat } = this;
    if (!chat) return;
    if (question === 'end') this.#end();
    else this.#runAndFocus(chat.platform().then((platform) => platform.clear()));
  }

  readonly #end = (): void => {
    const { chat } = this;
    if (!chat) return;
    const ending = chat.end();
    // Before the error is shown.
    ending.catch(() => {
      this.#isErrorOfEnd = true;
    });
    this.#runAndFocus(ending);
  };

  /** The reason why the conversation has not ended is shown in every tab, below the messages. */
  get #isErrorOfEndShown(): boolean {
    return this.#isErrorOfEnd && this.snapshot?.conversation?.ending !== undefined;
  }

  readonly #startAgain = (): void => {
    // The button goes away when the new conversation starts.
    this.#composer.focus();
    const { chat, routing } = this;
    if (chat && routing) void this.#attempt(chat.start(routing));
  };

  #markRead(): void {
    const { chat, snapshot } = this;
    if (!chat || !snapshot || snapshot.unread === 0 || snapshot === this.#lastMarkedRead) return;
    if (!this.#isSeen) return;
    this.#lastMarkedRead = snapshot;
    chat.markRead();
  }

  readonly #onVisibility = (): void => {
    // 'Today' can be yesterday by now.
    this.requestUpdate();
  };

  #onSent(): void {
    this.error = null;
    this.#unread.clear();
    this.#scrollAnchor.scrollToEnd();
  }

  readonly #update = (): void => {
    this.dispatchEvent(new Event('update'));
  };

  readonly #close = (): void => {
    this.dispatchEvent(new Event('close'));
  };

  readonly #retryNow = (): void => {
    if (this.snapshot && isOutdated(this.snapshot)) {
      // The draft is stored by the hub and survives the reload.
      location.reload();
      return;
    }
    this.chat?.reconnect();
    this.#composer.focus();
  };

  readonly #loadEarlier = async (): Promise<void> => {
    const first = this.querySelector('article');
    await this.#pagination.load();
    await this.updateComplete;
    // After the last page the button goes away, and the focus with it.
    const root = this.getRootNode();
    if (root instanceof ShadowRoot && !root.activeElement) first?.focus({ preventScroll: true });
  };

  readonly #jump = async (): Promise<void> => {
    this.#scrollAnchor.scrollToEnd();
    await this.updateComplete;
    // The button goes away. Move the focus to where the visitor went.
    const articles = this.querySelectorAll('article');
    articles[articles.length - 1]?.focus({ preventScroll: true });
  };

  readonly #reply = (text: string, reply: Reply): Promise<boolean> => {
    this.#scrollAnchor.scrollToEnd();
    return this.#attempt(this.chat?.send(text, { reply }));
  };

  readonly #retry = async (message: Message, article: HTMLElement): Promise<void> => {
    // The button goes away when the message is sent again.
    article.focus({ preventScroll: true });
    await this.#attempt(this.chat?.retry(message.messageId));
  };

  readonly #discard = async (message: Message): Promise<void> => {
    this.#composer.focus();
    await this.#attempt(this.chat?.discard(message.messageId));
  };

  readonly #runAndFocus = (choice: Promise<unknown>): void => {
    // The button goes away with its notice.
    this.#composer.focus();
    void this.#attempt(choice);
  };

  /** Resolves with whether the call succeeded. A failure is shown. */
  async #attempt(call: Promise<unknown> | undefined): Promise<boolean> {
    this.error = null;
    this.#isErrorOfEnd = false;
    try {
      await call;
    } catch (error) {
      this.error = toDisplayError(error);
    }
    return !this.error;
  }
}
