import type { Chat } from '../client/chat.ts';
import type { Message } from '../protocol/message.ts';
import { Alerts } from './alerts.ts';
import type { PartylineChatElement } from './element.ts';
import { isRightToLeft, languageAt, loadTexts } from './languages/index.ts';
import { icon, type Launcher } from './launcher.ts';
import { LazyRichText, type RichTextMode } from './lazy-rich-text.ts';
import { english, type Messages } from './messages.ts';
import { createPanel } from './panel/index.ts';
import type { PartylinePanel } from './panel/panel.ts';
import { SenderNames } from './sender-names.ts';
import { finishStyles } from './styles/finish.ts';
import { styleSheet } from './styles/sheet.ts';

/** The alerts of a chat, and the end of its subscription. */
interface ChatAlerts {
  readonly chat: Chat;
  readonly alerts: Alerts;
  readonly unsubscribe: () => void;
}

const chevron = 'm5.5 9.5 6.5 6 6.5-6';

/**
 * The lazy part of one `<partyline-chat>`: its panel, its alerts and its language. Loaded when the browser
 * is idle, or when it is first needed.
 */
export class PanelHost {
  readonly #element: PartylineChatElement;
  readonly #launcher: Launcher;
  readonly #root: ShadowRoot;
  readonly #panel: PartylinePanel;
  readonly #frame: HTMLElement;
  /** The texts in the page's language, used if the site sets none. */
  #pageTexts: Messages = english;
  #language: string | null = null;
  readonly #names = new SenderNames();
  readonly #onChange: () => void;
  readonly #richText = new LazyRichText(() => {
    this.#panel.format = this.#richText.format;
  });
  readonly #observer = new MutationObserver(() => {
    this.#loadTexts();
    this.#onChange();
  });
  /** The alerts of the chat that the connected element shows. */
  #alerts: ChatAlerts | null = null;

  /** @param onChange called when the element must render again, such as after a change of language */
  constructor(
    element: PartylineChatElement,
    root: ShadowRoot,
    frame: HTMLElement,
    launcher: Launcher,
    onChange: () => void,
  ) {
    this.#onChange = onChange;
    this.#element = element;
    this.#root = root;
    this.#frame = frame;
    this.#launcher = launcher;
    root.adoptedStyleSheets.push(styleSheet(finishStyles));
    this.#panel = createPanel(root);
    this.#panel.addEventListener('close', () => {
      element.open = false;
    });
    this.#panel.addEventListener('update', () => element.dispatchEvent(new Event('update')));
    frame.addEventListener('keydown', (event) => this.#onKeydown(event));
    frame.append(this.#panel);
    const icons = document.createElement('slot');
    icons.name = 'launcher';
    // Copies: moving the original between press and release would lose the click.
    for (const svg of launcher.element.querySelectorAll('svg')) icons.append(svg.cloneNode(true));
    icons.append(icon('opened', chevron));
    launcher.element.prepend(icons);
    launcher.controls(this.#panel);
  }

  /** The element's texts. */
  get texts(): Messages {
    const element = this.#element;
    return this.#names.apply(
      element.texts ?? this.#pageTexts,
      element.getAttribute('agent-name'),
      element.getAttribute('bot-name'),
    );
  }

  /** Called after a property of the element has changed. */
  update(shouldFocusComposer: boolean): void {
    const element = this.#element;
    const panel = this.#panel;
    // Must run before the panel is hidden: hiding the focused element would lose the focus.
    if (!element.open && panel.contains(this.#root.activeElement)) this.#launcher.element.focus();
    panel.chat = element.chat;
    panel.routing = element.routing;
    panel.heading = element.heading;
    panel.texts = this.texts;
    this.#frame.lang = this.texts.language;
    // In any other language, the panel inherits the page's direction.
    if (isRightToLeft(this.texts)) this.#frame.dir = 'rtl';
    else this.#frame.removeAttribute('dir');
    this.#observe();
    panel.signIn = element.getAttribute('sign-in');
    panel.open = element.open;
    this.#richText.mode = richTextMode(element.getAttribute('rich-text'));
    panel.outdated = element.hasAttribute('outdated');
    if (element.open && shouldFocusComposer) panel.focusComposer();
    if (this.#alerts?.chat !== element.chat) this.#disposeAlerts();
    if (element.chat) this.#alerts ??= this.#alertsOf(element.chat);
    this.#checkRichText();
  }

  /** Only for what is shown: a page whose panel stays closed asks the platform nothing. */
  #checkRichText(): void {
    const { chat, open } = this.#element;
    if (chat && open) this.#richText.receive(chat);
  }

  /** @param message the new message; `null` when another tab takes over the alerts */
  alert(message: Message | null): void {
    if (!this.#alerts) return;
    const { chat, alerts } = this.#alerts;
    if (message) this.#richText.receive(chat);
    alerts.alert(message);
  }

  /** Called when the element is removed from the page. */
  dispose(): void {
    this.#disposeAlerts();
    this.#observer.disconnect();
  }

  #disposeAlerts(): void {
    this.#alerts?.alerts.dispose();
    this.#alerts?.unsubscribe();
    this.#alerts = null;
  }

  #observe(): void {
    const attributeFilter = ['lang', 'sign-in', 'rich-text', 'agent-name', 'bot-name'];
    const change = { attributes: true, attributeFilter };
    this.#observer.observe(document.documentElement, change);
    this.#observer.observe(this.#element, change);
    this.#loadTexts();
  }

  #loadTexts(): void {
    const language = languageAt(this.#element);
    if (language === this.#language) return;
    this.#language = language;
    loadTexts(language).then(
      (texts) => {
        if (language !== this.#language) return;
        this.#pageTexts = texts ?? english;
        this.#onChange();
      },
      () => {
        // English stays until the language can be loaded. The next change tries again.
        if (language === this.#language) this.#language = null;
      },
    );
  }

  #alertsOf(chat: Chat): ChatAlerts {
    const settings = () => ({ texts: this.texts, isSilent: this.#element.silent });
    return {
      chat,
      alerts: new Alerts(chat, settings, (message) => this.#richText.spoken(message)),
      unsubscribe: chat.subscribe(() => this.#checkRichText()),
    };
  }

  #onKeydown(event: KeyboardEvent): void {
    const isEscape = event.key === 'Escape' && !event.isComposing && !event.defaultPrevented;
    if (!isEscape || !this.#element.open) return;
    event.preventDefault();
    const { activeElement } = this.#root;
    const isInPanel = activeElement !== null && this.#panel.contains(activeElement);
    if (isInPanel && !activeElement.matches('textarea.input')) {
      // The first Escape goes back to the textbox, the second closes the panel.
      this.#panel.focusComposer();
      return;
    }
    this.#element.open = false;
    this.#launcher.element.focus();
  }
}

/** Any other value is `auto`. */
function richTextMode(value: string | null): RichTextMode {
  return value === 'on' || value === 'off' ? value : 'auto';
}
