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

// Node has no HTMLElement; there the class is only imported, never constructed.
const Base = globalThis.HTMLElement ?? class {};

/**
 * `<partyline-chat>`: a launcher, and the panel that it opens.
 *
 * The launcher is plain DOM, so that a page pays for Lit and the panel only once they are wanted: they
 * are fetched when the browser is idle, or at the first opening.
 *
 * Attribute `outdated`: the site has a newer version than this page, and the panel offers it.
 *
 * @fires update when the visitor wants that newer version. Doesn't bubble.
 * @fires toggle after `open` changed, whoever changed it. Doesn't bubble.
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
  /** Whether the textbox is to have the focus once the panel stands. */
  #shouldFocusComposer = false;
  /** Whether the element stands in the page, and its attributes change there. */
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

  /** The conversation to show; `null` shows a panel that is still starting. @default null */
  get chat(): Chat | null {
    return this.#chat;
  }
  set chat(chat: Chat | null) {
    if (chat === this.#chat) return;
    this.#chat = chat;
    this.#subscribe();
    this.#update();
  }

  /** Where the first message is queued when it opens a conversation. Without it none is opened. @default null */
  get routing(): Routing | null {
    return this.#routing;
  }
  set routing(routing: Routing | null) {
    this.#routing = routing;
    this.#update();
  }

  /**
   * Whether the panel is shown; the same as the attribute. Opening moves the focus to the textbox,
   * except where the element comes into the page open. @default false
   */
  get open(): boolean {
    return this.hasAttribute('open');
  }
  set open(open: boolean) {
    this.toggleAttribute('open', Boolean(open));
  }

  /** The panel's visible title; the same as the attribute. @default `texts.heading`, 'Chat with us' */
  get heading(): string {
    return this.getAttribute('heading') ?? this.#launcherTexts.heading;
  }
  set heading(heading: string | null | undefined) {
    if (heading == null) this.removeAttribute('heading');
    else this.setAttribute('heading', heading);
  }

  /** No sound when something new comes; the same as the attribute. @default false */
  get silent(): boolean {
    return this.hasAttribute('silent');
  }
  set silent(silent: boolean) {
    this.toggleAttribute('silent', Boolean(silent));
  }

  /** Everything the element says; `null`: the page's language, or else English. @default null */
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
      // A failure is in the log; somebody who opens the panel is told, and it is tried again then.
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

  /** What a page set before this class was defined sits on the instance and hides the accessor. */
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

  /** What has no sound yet has the launcher's badge; why is in the log. */
  #alert(message: Message | null): void {
    this.#load().then(
      (panelHost) => panelHost.alert(message),
      () => undefined,
    );
  }

  #update(): void {
    if (!this.isConnected) return;
    this.#updateLauncher();
    // A page that declares a colour scheme is followed; where it says nothing, the visitor's system is.
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
        // Whatever it was, the next one who wants it tries again.
        this.#loading = null;
        throw error;
      });
    return this.#loading;
  }
}
