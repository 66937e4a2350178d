import { html, nothing, type TemplateResult } from 'lit';
import type { ChatSnapshot } from '../../protocol/snapshot.ts';
import type { Messages } from '../messages.ts';
import { canRetry, connectionText, isOutdated, toneOf } from './connection.ts';
import { closeIcon, markIcon } from './icons.ts';

interface HeaderState {
  readonly snapshot: ChatSnapshot | null;
  readonly heading: string;
  readonly texts: Messages;
  readonly now: number;
  /** The URL of the site's sign-in page; `null` if the site has set none. */
  readonly signIn: string | null;
  readonly menu: unknown;
  readonly onClose: () => void;
  readonly onRetryNow: () => void;
}

export function header(state: HeaderState): TemplateResult {
  const { snapshot, heading, texts } = state;
  return html`
    <header class="header" part="header">
      <slot name="header"><span class="mark" part="mark">${markIcon}</span></slot>
      <div class="titles">
        <h2 class="heading" part="heading"><bdi>${heading}</bdi></h2>
        <div class="connection ${toneOf(snapshot)}">
          <span class="dot" aria-hidden="true"></span>
          <span class="status" part="status" role="status">${connectionText(snapshot, texts)}</span>
        </div>
      </div>
      ${state.menu}
      <button class="icon-button" part="close" type="button" aria-label=${texts.close} @click=${state.onClose}>
        ${closeIcon}
      </button>
    </header>
    ${snapshot ? notices(snapshot, state) : nothing}
  `;
}

function notices(snapshot: ChatSnapshot, { texts, now, signIn, onRetryNow }: HeaderState): unknown {
  const { retryAt } = snapshot.connection;
  const seconds = retryAt === null ? null : Math.max(0, Math.ceil((retryAt - now) / 1_000));
  return html`
    ${
      canRetry(snapshot)
        ? html`<div class="notice" part="notice">
            <span aria-hidden="true">${seconds === null ? nothing : texts.retryIn(seconds)}</span>
            <span class="actions">
              ${
                snapshot.connection.phase === 'signed-out' && signIn !== null
                  ? html`<a class="small" href=${signIn}>${texts.signIn}</a>`
                  : nothing
              }
              <button class="small" type="button" @click=${onRetryNow}>
                ${isOutdated(snapshot) ? texts.reload : texts.retryNow}
              </button>
            </span>
          </div>`
        : nothing
    }
    <div aria-live="polite">${
      snapshot.hub.persistent
        ? nothing
        : html`<div class="notice" part="notice">${texts.notStored}</div>`
    }</div>
  `;
}
