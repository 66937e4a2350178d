import type { Chat } from '../client/chat.ts';
import type { Routing } from '../protocol/conversation.ts';
import type { Message } from '../protocol/message.ts';
import { createLauncher, type Launcher } from './launcher.ts';
import { type LauncherMessages, launcherEnglish } from './launcher-messages.ts';
import type { Messages } from './messages.ts';
import type { PanelHost } from './panel-host.ts';
import { launcherStyles } from './styles/launcher.ts';
import { styleSheet } from './styles/sheet.ts';
import { whenIdle } from './when-idle.ts';

// Node has no HTMLElement. There the class is only imported, never constructed.
const Base = globalThis.HTMLElement ?? class {};

/**
 * `<partyline-chat>`: a launcher button and the chat panel that it opens.
 *
 * The launcher is plain DOM. Lit and the panel are loaded when the browser is idle, or when the panel is
 * first opened.
 *
 * Attribute `outdated`: the site has a newer version than this page, and the panel offers to update.
 *
 * Attribute `rich-text`: whether what agents and bots write is shown as rich text. `auto` (the default): as
 * the platform's settings say; `on`; `off`.
 *
 * Attributes `agent-name` and `bot-name`: the names of agents and bots without a name of their own.
 *
 * @fires update when the visitor accepts the update. Doesn't bubble.
 * @fires toggle after `open` has changed, for any reason. Doesn't bubble.
 */
export class PartylineChatElement extends Base {
  static readonly observedAttributes = ['open', 'heading', 'outdated'];

  #chat: Chat | null = null;
  #routing: Routing | null = null;
  #texts: Messages | null = null;

  readonly #root = this.attachShadow({ mode: 'open' });
  readonly #frame = document.createElement('div');
  readonly #note = document.createElement('p');
  readonly #launcher: Launcher;
  #panelHost: PanelHost | null = null;
  #loading: Promise<PanelHost> | null = null;
  /** Whether to focus the textbox once the panel is rendered. */
  #shouldFocusComposer = false;
  /** Like `isConnected`, but still `false` while the parser sets the initial attributes. */
  #isAttached = false;
  #subscriptions: (() => void)[] = [];

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [styleSheet(launcherStyles)];
    this.#launcher = createLauncher(() => {
      this.open = !this.open;
    });
    this.#note.className = 'note';
    this.#note.setAttribute('role', 'alert');
    this.#frame.className = 'frame';
    this.#frame.append(this.#launcher.element, this.#note);
    this.#root.append(this.#frame);
  }

  /** The chat to show. With `null`, the panel shows that it is still connecting. @default null */
  get chat(): Chat | null {
    return this.#chat;
  }
  set chat(chat: Chat | null) {
    if (chat === this.#chat) return;
    this.#chat = chat;
    this.#subscribe();
    this.#update();
  }

  /**
   * The routing with which the first message starts a conversation. With `null`, visitors can't start
   * one. @default null
   */
  get routing(): Routing | null {
    return this.#routing;
  }
  set routing(routing: Routing | null) {
    this.#routing = routing;
    this.#update();
  }

  /**
   * Whether the panel is shown. Reflects the attribute. Opening moves the focus to the textbox, unless
   * the element was inserted open. @default false
   */
  get open(): boolean {
    return this.hasAttribute('open');
  }
  set open(open: boolean) {
    this.toggleAttribute('open', Boolean(open));
  }

  /** The panel's visible title. Reflects the attribute. @default `texts.heading`, 'Chat with us' */
  get heading(): string {
    return this.getAttribute('heading') ?? this.#launcherTexts.heading;
  }
  set heading(heading: string | null | undefined) {
    if (heading == null) this.removeAttribute('heading');
    else this.setAttribute('heading', heading);
  }

  /** Whether new messages make no sound. Reflects the attribute. @default false */
  get silent(): boolean {
    return this.hasAttribute('silent');
  }
  set silent(silent: boolean) {
    this.toggleAttribute('silent', Boolean(silent));
  }

  /**
   * All texts of the element. With `null`, they are in the page's language if it is available, otherwise
   * in English. @default null
   */
  get texts(): Messages | null {
    return this.#texts;
  }
  set texts(texts: Messages | null) {
    this.#texts = texts;
    this.#update();
  }

  get #launcherTexts(): LauncherMessages {
    return this.#texts ?? this.#panelHost?.texts ?? launcherEnglish;
  }

  connectedCallback(): void {
    for (const [name, value] of Object.entries(this)) this.#adoptEarly(name, value);
    this.#isAttached = true;
    this.#subscribe();
    this.#update();
    whenIdle(() => {
      // The failure is logged. Opening the panel tries again and shows the error.
      if (this.#isAttached) this.#load().catch(() => undefined);
    });
  }

  disconnectedCallback(): void {
    this.#isAttached = false;
    this.#subscribe();
    this.#panelHost?.dispose();
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (name === 'open' && (before === null) !== (after === null)) {
      this.#shouldFocusComposer = this.open && this.#isAttached;
      this.dispatchEvent(new Event('toggle'));
    }
    this.#update();
  }

  /** Properties set before this class was defined are own properties and hide the accessors. */
  #adoptEarly(name: string, value: unknown): void {
    if (!(name in PartylineChatElement.prototype)) return;
    Reflect.deleteProperty(this, name);
    Reflect.set(this, name, value);
  }

  #subscribe(): void {
    for (const end of this.#subscriptions.splice(0)) end();
    const chat = this.isConnected ? this.#chat : null;
    if (!chat) return;
    this.#subscriptions.push(
      chat.subscribe(() => this.#updateLauncher()),
      chat.onAlert((message) => this.#alert(message)),
    );
  }

  /** If the panel can't be loaded, the launcher's badge is the only alert. The failure is logged. */
  #alert(message: Message | null): void {
    const chat = this.#chat;
    const epoch = chat?.getSnapshot().hub.epoch;
    this.#load().then(
      (panelHost) => {
        // The message may be a previous visitor's by now.
        if (chat === this.#chat && chat?.getSnapshot().hub.epoch === epoch)
          panelHost.alert(message);
      },
      () => undefined,
    );
  }

  #update(): void {
    if (!this.isConnected) return;
    this.#updateLauncher();
    // Follow the page's color scheme if it declares one, otherwise the visitor's system.
    const scheme = getComputedStyle(this).colorScheme;
    this.#frame.classList.toggle('auto-scheme', scheme === 'normal' || scheme === '');
    if (!this.#panelHost) {
      if (this.open) this.#openFirst();
      return;
    }
    this.#panelHost.update(this.#shouldFocusComposer);
    this.#shouldFocusComposer = false;
  }

  #updateLauncher(): void {
    const unread = this.#chat?.getSnapshot().unread ?? 0;
    this.#launcher.update({ texts: this.#launcherTexts, open: this.open, unread });
  }

  #openFirst(): void {
    this.#note.textContent = '';
    this.#load().catch(() => {
      this.#note.textContent = this.#launcherTexts.panelMissing;
      this.open = false;
    });
  }

  #load(): Promise<PanelHost> {
    this.#loading ??= import('./panel-host.ts')
      .then((module) => {
        this.#panelHost ??= new module.PanelHost(
          this,
          this.#root,
          this.#frame,
          this.#launcher,
          () => this.#update(),
        );
        this.#update();
        return this.#panelHost;
      })
      .catch((error: unknown) => {
        console.warn('[partyline] the panel could not be loaded:', error);
        // The next call tries again.
        this.#loading = null;
        throw error;
      });
    return this.#loading;
  }
}
