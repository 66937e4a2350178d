import type { Chat } from '../client/chat.ts';
import type { Routing } from '../protocol/conversation.ts';
import { Alerts } from './alerts.ts';
import { createLauncher, type Launcher } from './launcher.ts';
import type { PartylinePanel } from './panel/panel.ts';
import { shellStyles } from './styles/shell.ts';
import { english, type Texts } from './texts.ts';
import { whenIdle } from './when-idle.ts';

// Node has no HTMLElement; there the class is only imported, never constructed.
const Base = globalThis.HTMLElement ?? class {};

const properties = ['chat', 'routing', 'open', 'heading', 'silent', 'texts'] as const;

/**
 * `<partyline-chat>`: a launcher, and the panel that it opens.
 *
 * The launcher is plain DOM, so that a page pays for Lit and the panel only once they are wanted: they
 * are fetched when the browser is idle, or at the first opening.
 *
 * @fires toggle after `open` changed, whoever changed it. Doesn't bubble.
 */
export class PartylineChatElement extends Base {
  static readonly observedAttributes = ['open', 'heading'];

  #chat: Chat | null = null;
  #routing: Routing | null = null;
  #texts: Texts = english;

  readonly #frame = document.createElement('div');
  readonly #note = document.createElement('p');
  readonly #launcher: Launcher;
  #panel: PartylinePanel | null = null;
  #loading: Promise<void> | null = null;
  /** Whether the textbox is to have the focus once the panel stands. */
  #wantsFocus = false;
  /** Whether the element stands in the page, and its attributes change there. */
  #isPlaced = false;
  #unsubscribe: (() => void) | null = null;
  #alerts: Alerts | null = null;
  #cancelPreload: (() => void) | null = null;

  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(shellStyles);
    root.adoptedStyleSheets = [sheet];
    this.#launcher = createLauncher(() => {
      this.open = !this.open;
    });
    this.#note.className = 'note';
    this.#note.setAttribute('role', 'alert');
    this.#frame.className = 'frame';
    this.#frame.append(this.#launcher.element, this.#note);
    this.#frame.addEventListener('keydown', this.#onKeydown);
    root.append(this.#frame);
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
    this.toggleAttribute('open', open);
  }

  /** The panel's visible title; the same as the attribute. @default `texts.heading`, 'Chat with us' */
  get heading(): string {
    return this.getAttribute('heading') ?? this.#texts.heading;
  }
  set heading(heading: string) {
    this.setAttribute('heading', heading);
  }

  /** No sound when something new comes; the same as the attribute. @default false */
  get silent(): boolean {
    return this.hasAttribute('silent');
  }
  set silent(silent: boolean) {
    this.toggleAttribute('silent', silent);
  }

  /** Everything the element says. @default english */
  get texts(): Texts {
    return this.#texts;
  }
  set texts(texts: Texts) {
    this.#texts = texts;
    this.#update();
  }

  connectedCallback(): void {
    for (const name of properties) this.#adoptEarly(name);
    this.#isPlaced = true;
    this.#subscribe();
    this.#update();
    this.#cancelPreload = whenIdle(() => {
      // A failure is told when somebody opens the panel, and tried again then.
      this.#load().catch(() => undefined);
    });
  }

  disconnectedCallback(): void {
    this.#isPlaced = false;
    this.#subscribe();
    this.#cancelPreload?.();
    this.#cancelPreload = null;
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (name === 'open' && (before === null) !== (after === null)) {
      this.#wantsFocus = this.open && this.#isPlaced;
      // Before the panel is hidden: hiding the focused element would drop the focus to the page.
      if (!this.open && this.#panel?.contains(this.shadowRoot?.activeElement ?? null)) {
        this.#launcher.element.focus();
      }
      this.dispatchEvent(new Event('toggle'));
    }
    this.#update();
  }

  /** What a page set before this class was defined sits on the instance and hides the accessor. */
  #adoptEarly(name: (typeof properties)[number]): void {
    const early = Object.getOwnPropertyDescriptor(this, name);
    if (!early) return;
    Reflect.deleteProperty(this, name);
    Reflect.set(this, name, early.value);
  }

  #subscribe(): void {
    this.#unsubscribe?.();
    this.#alerts?.end();
    const chat = this.isConnected ? this.#chat : null;
    this.#unsubscribe = chat ? chat.subscribe(() => this.#updateLauncher()) : null;
    this.#alerts = chat
      ? new Alerts(chat, () => ({ texts: this.#texts, isSilent: this.silent }))
      : null;
  }

  #update(): void {
    if (!this.isConnected) return;
    this.#updateLauncher();
    // A page that declares a colour scheme is followed; where it says nothing, the visitor's system is.
    const scheme = getComputedStyle(this).colorScheme;
    this.#frame.classList.toggle('auto-scheme', scheme === 'normal' || scheme === '');
    if (this.#panel) this.#updatePanel(this.#panel);
    else if (this.open) this.#openFirst();
  }

  #updateLauncher(): void {
    const unread = this.#chat?.getSnapshot().unread ?? 0;
    this.#launcher.update({ texts: this.#texts, open: this.open, unread });
  }

  #updatePanel(panel: PartylinePanel): void {
    panel.chat = this.#chat;
    panel.routing = this.#routing;
    panel.heading = this.heading;
    panel.texts = this.#texts;
    panel.open = this.open;
    if (this.open && this.#wantsFocus) panel.focusComposer();
    this.#wantsFocus = false;
  }

  #openFirst(): void {
    this.#note.textContent = '';
    this.#load().then(
      () => this.#update(),
      () => {
        this.#note.textContent = this.#texts.panelMissing;
        this.open = false;
      },
    );
  }

  #load(): Promise<void> {
    this.#loading ??= this.#createPanel().catch((error: unknown) => {
      this.#loading = null;
      throw error;
    });
    return this.#loading;
  }

  async #createPanel(): Promise<void> {
    const { createPanel } = await import('./panel/index.ts');
    const root = this.shadowRoot;
    if (!root) return;
    const panel = createPanel(root);
    panel.addEventListener('close', () => {
      this.open = false;
    });
    this.#panel = panel;
    this.#updatePanel(panel);
    this.#frame.append(panel);
    this.#launcher.controls(panel);
  }

  readonly #onKeydown = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || event.isComposing || event.defaultPrevented || !this.open) return;
    event.preventDefault();
    this.open = false;
    this.#launcher.element.focus();
  };
}
