import type { Chat } from '../client/chat.ts';
import type { Message } from '../protocol/message.ts';
import { Alerts } from './alerts.ts';
import type { PartylineChatElement } from './element.ts';
import { icon, type Launcher } from './launcher.ts';
import { createPanel } from './panel/index.ts';
import type { PartylinePanel } from './panel/panel.ts';
import { finishStyles } from './styles/finish.ts';
import { styleSheet } from './styles/sheet.ts';
import { english } from './texts.ts';

const chevron = 'm5.5 9.5 6.5 6 6.5-6';

/**
 * The inside of one `<partyline-chat>`, the panel and the alerts: what a page need not load at first.
 * It is fetched when the browser is idle, or once it is wanted.
 */
export class Inside {
  readonly #element: PartylineChatElement;
  readonly #launcher: Launcher;
  readonly #root: ShadowRoot;
  readonly #panel: PartylinePanel;
  /** Of the chat that the element shows while it stands in the page. */
  #alerts: { readonly of: Chat; readonly alerts: Alerts } | null = null;

  constructor(
    element: PartylineChatElement,
    root: ShadowRoot,
    frame: HTMLElement,
    launcher: Launcher,
  ) {
    this.#element = element;
    this.#root = root;
    this.#launcher = launcher;
    root.adoptedStyleSheets.push(styleSheet(finishStyles));
    this.#panel = createPanel(root);
    this.#panel.addEventListener('close', () => {
      element.open = false;
    });
    this.#panel.addEventListener('update', () => element.dispatchEvent(new Event('update')));
    frame.addEventListener('keydown', (event) => this.#onKeydown(event));
    frame.append(this.#panel);
    launcher.element.append(icon('opened', chevron));
    launcher.controls(this.#panel);
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
    panel.texts = element.texts ?? english;
    panel.open = element.open;
    panel.outdated = element.hasAttribute('outdated');
    if (element.open && wantsFocus) panel.focusComposer();
    if (this.#alerts?.of !== element.chat) this.end();
    if (element.chat) this.#alerts ??= { of: element.chat, alerts: this.#alertsOf(element.chat) };
  }

  /** @param message what came; `null`: another tab tells of it from now on. */
  tell(message: Message | null): void {
    this.#alerts?.alerts.tell(message);
  }

  /** The element leaves the page, or shows another chat. */
  end(): void {
    this.#alerts?.alerts.end();
    this.#alerts = null;
  }

  #alertsOf(chat: Chat): Alerts {
    return new Alerts(chat, () => ({
      texts: this.#element.texts ?? english,
      isSilent: this.#element.silent,
    }));
  }

  #onKeydown(event: KeyboardEvent): void {
    const isOurs = event.key === 'Escape' && !event.isComposing && !event.defaultPrevented;
    if (!isOurs || !this.#element.open) return;
    event.preventDefault();
    this.#element.open = false;
    this.#launcher.element.focus();
  }
}
