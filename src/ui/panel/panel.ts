import { html, LitElement, nothing, type PropertyValues } from 'lit';
import type { Chat } from '../../client/chat.ts';
import { contentText, type Reply } from '../../protocol/content.ts';
import type { Routing } from '../../protocol/conversation.ts';
import { isAnotherVisitor } from '../../protocol/epoch.ts';
import type { Message } from '../../protocol/message.ts';
import type { ChatSnapshot } from '../../protocol/snapshot.ts';
import { type DisplayError, toDisplayError } from '../display-error.ts';
import type { Messages } from '../messages.ts';
import { english } from '../messages.ts';
import { Announcer } from './announcer.ts';
import { Composer } from './composer.ts';
import { composerView } from './composer-view.ts';
import { Confirmation, type Question } from './confirmation.ts';
import { isOutdated } from './connection.ts';
import { Earlier } from './earlier.ts';
import { feed } from './feed.ts';
import { LazyFiles } from './files/lazy-files.ts';
import { LazyForms } from './forms/lazy-forms.ts';
import { header } from './header.ts';
import { Menu, type MenuItem } from './menu.ts';
import { newMessages } from './new-messages.ts';
import { routingNotice } from './routing-notice.ts';
import { RovingFocus } from './roving-focus.ts';
import { ScrollAnchor } from './scroll-anchor.ts';
import { Ticker } from './ticker.ts';
import { saveTranscript } from './transcript-file.ts';
import { UnreadMark } from './unread-mark.ts';
import { updateNotice } from './update-notice.ts';
import { VirtualRows } from './virtual-rows.ts';
import { VisibleWindow } from './visible-window.ts';

/** More than so many at once are counted instead of read out. */
const maximumSpoken = 3;

/**
 * The panel: one conversation, seen and written. It renders into the shadow root that it stands in.
 *
 * @fires close when the visitor wants it closed
 * @fires update when the visitor wants the site's newer version
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
    snapshot: { state: true },
    trouble: { state: true },
  };

  declare chat: Chat | null;
  declare routing: Routing | null;
  declare heading: string;
  declare texts: Messages;
  /** Where a visitor signs in again. */
  declare signIn: string | null;
  declare open: boolean;
  /** Whether the site has a newer version to offer. */
  declare outdated: boolean;
  /** What is shown. Closed, it isn't followed. */
  declare snapshot: ChatSnapshot | null;
  /** Why the last retry or discard didn't work, in words. */
  declare trouble: DisplayError | null;

  readonly #composer = new Composer(this, () => this.#onSent());
  readonly #files = new LazyFiles(this, {
    said: (line) => this.#announcer.say([line]),
    failed: (error) => {
      this.trouble = toDisplayError(error);
    },
    removed: () => this.#composer.focus(),
  });
  readonly #forms = new LazyForms(this);
  readonly #earlier = new Earlier(this);
  readonly #reading = new ScrollAnchor(this, {
    onTop: () => this.#earlier.load(),
    onEnd: () => this.#markRead(),
  });
  readonly #roving = new RovingFocus(this);
  readonly #mounted = new VirtualRows();
  readonly #unread = new UnreadMark();
  readonly #menu = new Menu(this);
  readonly #confirmation = new Confirmation(this, (question) => this.#carryOut(question));
  /** The messages when an agent took the conversation: the next one says more than that. */
  #joinedAt: readonly Message[] | null = null;
  /** Whose typing has been told to those who don't see it. */
  #typingTold: string | null = null;
  readonly #announcer = new Announcer(this);
  #unsubscribe: (() => void) | null = null;
  /** The messages when the end was last in view. */
  #seen: readonly Message[] = [];
  #markedFor: ChatSnapshot | null = null;
  #wantsFocus = false;

  constructor() {
    super();
    this.chat = null;
    this.routing = null;
    this.heading = '';
    this.texts = english;
    this.signIn = null;
    this.open = false;
    this.outdated = false;
    this.snapshot = null;
    this.trouble = null;
    new Ticker(this, () => (this.open ? (this.snapshot?.connection.retryAt ?? null) : null));
    new VisibleWindow(this);
  }

  /** Moves the focus to the textbox as soon as it is there. */
  focusComposer(): void {
    this.#wantsFocus = true;
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
      this.#reading.following = true;
      this.#unread.open(this.snapshot);
    }
  }

  protected override render(): unknown {
    const { snapshot, texts, heading } = this;
    const { part: files } = this.#files;
    const now = Date.now();
    const reading = this.#reading;
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
        ${routingNotice({ chat: this.chat, snapshot, texts, attempt: this.#choose })}
        ${feed({
          snapshot,
          texts,
          now,
          reading,
          roving: this.#roving,
          earlier: this.#earlier,
          mounted: this.#mounted,
          firstUnread: this.#unread.first,
          hasJoined: this.#joinedAt !== null && this.#joinedAt === snapshot?.messages,
          onStartAgain: this.#startAgain,
          onSave: this.#save,
          below: reading.following ? 0 : newMessages(this.#seen, snapshot?.messages ?? []).length,
          onEarlier: this.#loadEarlier,
          onJump: this.#jump,
          onReply: this.#reply,
          links: files?.links ?? null,
          forms: this.#forms.view,
          onRetry: this.#retry,
          onDiscard: this.#discard,
        })}
        <div class="trouble" role="alert">${this.trouble ? texts.trouble(this.trouble) : nothing}</div>
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
    if (this.open && this.#mounted.measure(this.querySelectorAll<HTMLElement>('.item'))) {
      this.requestUpdate();
    }
    if (this.#reading.following) this.#seen = this.snapshot?.messages ?? [];
    if (this.open && this.#wantsFocus) {
      this.#wantsFocus = false;
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
    if (wasQueued && after.conversation?.status === 'connected') this.#joinedAt = after.messages;
    this.#announce(before, after);
  };

  #announce(before: ChatSnapshot, after: ChatSnapshot): void {
    // Without a conversation before, this is the history being loaded.
    if (before.messages.length === 0 && !before.conversation) return;
    if (isAnotherVisitor(before.hub.epoch, after.hub.epoch)) return;
    this.#announceTyping(before, after);
    const heard = newMessages(before.messages, after.messages);
    this.#announcer.say(
      heard.length > maximumSpoken
        ? [this.texts.saidMany(heard.length)]
        : heard.map(({ from, text, content }) =>
            this.texts.said(from.name, text || contentText(content)),
          ),
    );
  }

  get #isSeen(): boolean {
    return this.open && this.#reading.following && document.visibilityState === 'visible';
  }

  /** Once, until they have written. */
  #announceTyping(before: ChatSnapshot, after: ChatSnapshot): void {
    if (before.messages !== after.messages) this.#typingTold = null;
    const name = after.typing?.name;
    if (name === undefined || name === this.#typingTold) return;
    this.#typingTold = name;
    this.#announcer.say([this.texts.typing(name)]);
  }

  #menuOf(snapshot: ChatSnapshot | null): unknown {
    const { texts } = this;
    const items: MenuItem[] = [];
    if (snapshot && snapshot.messages.length > 0) {
      items.push({ words: texts.saveText, choose: this.#save });
    }
    const { conversation } = snapshot ?? {};
    if (conversation && conversation.status !== 'ended') {
      items.push({ words: texts.end, choose: () => void this.#confirmation.ask('end') });
      if (this.#files.canClear) {
        items.push({ words: texts.clear, choose: () => void this.#confirmation.ask('clear') });
      }
    }
    return items.length > 0 ? this.#menu.render(texts.more, items) : nothing;
  }

  readonly #save = (): void => {
    if (this.chat) void this.#attempt(saveTranscript(this.chat, this.texts));
  };

  #carryOut(question: Question): void {
    const { chat } = this;
    if (!chat) return;
    this.#choose(
      question === 'end' ? chat.end() : chat.platform().then((platform) => platform.clear()),
    );
  }

  readonly #startAgain = (): void => {
    // The button goes away with the conversation that has ended.
    this.#composer.focus();
    const { chat, routing } = this;
    if (chat && routing) void this.#attempt(chat.start(routing));
  };

  #markRead(): void {
    const { chat, snapshot } = this;
    if (!chat || !snapshot || snapshot.unread === 0 || snapshot === this.#markedFor) return;
    if (!this.#isSeen) return;
    this.#markedFor = snapshot;
    chat.markRead();
  }

  readonly #onVisibility = (): void => {
    // 'Today' may be yesterday by now.
    this.requestUpdate();
  };

  #onSent(): void {
    this.trouble = null;
    this.#unread.clear();
    this.#reading.toEnd();
  }

  readonly #update = (): void => {
    this.dispatchEvent(new Event('update'));
  };

  readonly #close = (): void => {
    this.dispatchEvent(new Event('close'));
  };

  readonly #retryNow = (): void => {
    if (this.snapshot && isOutdated(this.snapshot)) {
      // What is typed is kept with the conversation, and there again afterwards.
      location.reload();
      return;
    }
    this.chat?.reconnect();
    this.#composer.focus();
  };

  readonly #loadEarlier = async (): Promise<void> => {
    const first = this.querySelector('article');
    await this.#earlier.load();
    await this.updateComplete;
    // With the last of them the button goes away, and takes the focus with it.
    const root = this.getRootNode();
    if (root instanceof ShadowRoot && !root.activeElement) first?.focus({ preventScroll: true });
  };

  readonly #jump = async (): Promise<void> => {
    this.#reading.toEnd();
    await this.updateComplete;
    // The button goes away; the focus goes where the visitor went.
    const articles = this.querySelectorAll('article');
    articles[articles.length - 1]?.focus({ preventScroll: true });
  };

  readonly #reply = (text: string, reply: Reply): Promise<boolean> => {
    this.#reading.toEnd();
    return this.#attempt(this.chat?.send(text, { reply }));
  };

  readonly #retry = async (message: Message, article: HTMLElement): Promise<void> => {
    // The button goes away when the message is on its way again.
    article.focus({ preventScroll: true });
    await this.#attempt(this.chat?.retry(message.messageId));
  };

  readonly #discard = async (message: Message): Promise<void> => {
    this.#composer.focus();
    await this.#attempt(this.chat?.discard(message.messageId));
  };

  readonly #choose = (choice: Promise<unknown>): void => {
    // The button goes away with what it answers.
    this.#composer.focus();
    void this.#attempt(choice);
  };

  /** Resolves with whether it worked. */
  async #attempt(call: Promise<unknown> | undefined): Promise<boolean> {
    this.trouble = null;
    try {
      await call;
    } catch (error) {
      this.trouble = toDisplayError(error);
    }
    return !this.trouble;
  }
}
