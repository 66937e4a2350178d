import type { Chat } from '../client/chat.ts';
import type { Message } from '../protocol/message.ts';
import { Alerts } from './alerts.ts';
import type { PartylineChatElement } from './element.ts';
import { isRightToLeft, languageAt, textsOf } from './languages/index.ts';
import { icon, type Launcher } from './launcher.ts';
import { english, type Messages } from './messages.ts';
import { createPanel } from './panel/index.ts';
import type { PartylinePanel } from './panel/panel.ts';
import { finishStyles } from './styles/finish.ts';
import { styleSheet } from './styles/sheet.ts';

const chevron = 'm5.5 9.5 6.5 6 6.5-6';

/**
 * The inside of one `<partyline-chat>`, the panel and the alerts: what a page need not load at first.
 * It is fetched when the browser is idle, or once it is wanted.
 */
export class PanelHost {
  readonly #element: PartylineChatElement;
  readonly #launcher: Launcher;
  readonly #root: ShadowRoot;
  readonly #panel: PartylinePanel;
  readonly #frame: HTMLElement;
  /** What is said where the site gives no texts of its own, in the page's language. */
  #pageTexts: Messages = english;
  #language: string | null = null;
  readonly #onTexts: () => void;
  readonly #changes = new MutationObserver(() => {
    this.#speak();
    this.#onTexts();
  });
  /** Of the chat that the element shows while it stands in the page. */
  #alerts: { readonly of: Chat; readonly alerts: Alerts } | null = null;

  /** @param onTexts called when the element is to be drawn anew, as with other words */
  constructor(
    element: PartylineChatElement,
    root: ShadowRoot,
    frame: HTMLElement,
    launcher: Launcher,
    onTexts: () => void,
  ) {
    this.#onTexts = onTexts;
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
    // A copy: browsers forget a press on what is moved before it is let go.
    for (const svg of launcher.element.querySelectorAll('svg')) icons.append(svg.cloneNode(true));
    icons.append(icon('opened', chevron));
    launcher.element.prepend(icons);
    launcher.controls(this.#panel);
  }

  /** What the element says. */
  get texts(): Messages {
    return this.#element.texts ?? this.#pageTexts;
  }

  /** After a property of the element has changed. */
  update(wantsFocus: boolean): void {
    const element = this.#element;
    const panel = this.#panel;
    // Before the panel is hidden: hiding the focused element would drop the focus to the page.
    if (!element.open && panel.contains(this.#root.activeElement)) this.#launcher.element.focus();
    panel.chat = element.chat;
    panel.routing = element.routing;
    panel.heading = element.heading;
    panel.texts = this.texts;
    this.#frame.lang = this.texts.language;
    // A page written from right to left keeps its sides, whatever the panel says.
    if (isRightToLeft(this.texts)) this.#frame.dir = 'rtl';
    else this.#frame.removeAttribute('dir');
    this.#listen();
    panel.signIn = element.getAttribute('sign-in');
    panel.open = element.open;
    panel.outdated = element.hasAttribute('outdated');
    if (element.open && wantsFocus) panel.focusComposer();
    if (this.#alerts?.of !== element.chat) this.#endAlerts();
    if (element.chat) this.#alerts ??= { of: element.chat, alerts: this.#alertsOf(element.chat) };
  }

  /** @param message what came; `null`: another tab tells of it from now on. */
  tell(message: Message | null): void {
    this.#alerts?.alerts.tell(message);
  }

  /** The element leaves the page, or shows another chat. */
  end(): void {
    this.#endAlerts();
    this.#changes.disconnect();
  }

  #endAlerts(): void {
    this.#alerts?.alerts.end();
    this.#alerts = null;
  }

  #listen(): void {
    const change = { attributes: true, attributeFilter: ['lang', 'sign-in'] };
    this.#changes.observe(document.documentElement, change);
    this.#changes.observe(this.#element, change);
    this.#speak();
  }

  #speak(): void {
    const language = languageAt(this.#element);
    if (language === this.#language) return;
    this.#language = language;
    textsOf(language).then(
      (texts) => {
        if (language !== this.#language) return;
        this.#pageTexts = texts ?? english;
        this.#onTexts();
      },
      () => {
        // English until it can be fetched, which is tried again at the next change.
        if (language === this.#language) this.#language = null;
      },
    );
  }

  #alertsOf(chat: Chat): Alerts {
    return new Alerts(chat, () => ({
      texts: this.texts,
      isSilent: this.#element.silent,
    }));
  }

  #onKeydown(event: KeyboardEvent): void {
    const isOurs = event.key === 'Escape' && !event.isComposing && !event.defaultPrevented;
    if (!isOurs || !this.#element.open) return;
    event.preventDefault();
    const { activeElement } = this.#root;
    const isElsewhere = activeElement !== null && this.#panel.contains(activeElement);
    if (isElsewhere && !activeElement.matches('textarea.input')) {
      // Back to where one writes first.
      this.#panel.focusComposer();
      return;
    }
    this.#element.open = false;
    this.#launcher.element.focus();
  }
}
