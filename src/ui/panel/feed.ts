import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Ending } from '../../protocol/conversation.ts';
import type { Message } from '../../protocol/message.ts';
import type { ChatSnapshot } from '../../protocol/snapshot.ts';
import type { Messages } from '../messages.ts';
import { senderName } from '../sender-name.ts';
import { startOfDay, timeOfDay } from './calendar.ts';
import { downIcon, emptyIcon } from './icons.ts';
import { messageRow, type RowContext } from './message-row.ts';
import type { Pagination } from './pagination.ts';
import type { RovingFocus } from './roving-focus.ts';
import { Rows } from './rows.ts';
import type { ScrollAnchor } from './scroll-anchor.ts';
import type { Entry, VirtualRows } from './virtual-rows.ts';

interface FeedState {
  readonly snapshot: ChatSnapshot | null;
  readonly texts: Messages;
  readonly now: number;
  readonly scrollAnchor: ScrollAnchor;
  readonly rovingFocus: RovingFocus;
  readonly pagination: Pagination;
  readonly virtualRows: VirtualRows;
  /** The message above which the unread ones begin. */
  readonly firstUnread: string | null;
  /** Whether an agent has just joined. */
  readonly hasJoined: boolean;
  /** Offered after the conversation has ended. */
  readonly onStartAgain: () => void;
  /** Offered after the conversation could not be ended. */
  readonly onEndAgain: () => void;
  readonly onSave: () => void;
  /** The number of new messages from others below the visible ones. */
  readonly below: number;
  readonly onLoadEarlier: () => void;
  readonly onJump: () => void;
  readonly onReply: RowContext['onReply'];
  readonly links: RowContext['links'];
  readonly forms: RowContext['forms'];
  readonly format: RowContext['format'];
  readonly onRetry: RowContext['onRetry'];
  readonly onDiscard: RowContext['onDiscard'];
}

const none: readonly Message[] = [];

export function feed(state: FeedState): TemplateResult {
  const { snapshot, texts, scrollAnchor, rovingFocus, pagination, virtualRows, now, firstUnread } =
    state;
  const messages = snapshot?.messages ?? none;
  const hasEarlier = snapshot?.hasEarlier ?? false;
  const context: RowContext = {
    texts,
    // -1 means unknown, as ARIA defines for feeds.
    total: hasEarlier ? -1 : messages.length,
    tabStop: rovingFocus.tabStopAmong(messages),
    lastOwn: messages.findLastIndex(({ from }) => from.role === 'visitor'),
    canReply: snapshot?.conversation != null && snapshot.conversation.status !== 'ended',
    onReply: state.onReply,
    links: state.links,
    forms: state.forms,
    format: state.format,
    onRetry: state.onRetry,
    onDiscard: state.onDiscard,
  };
  const entries = virtualRows.entries(messages, rovingFocus.focusedId, scrollAnchor.viewport);
  return html`
    <div class="viewport">
      <div class="scroller" part="feed" ${ref(scrollAnchor.scroller)} @scroll=${scrollAnchor.onScroll}>
        <div class="content" ${ref(scrollAnchor.content)}>
          ${hasEarlier ? earlierButton(state) : nothing}
          ${snapshot && messages.length === 0 && !hasEarlier ? welcome(texts) : nothing}
          <div
            class="feed"
            role="feed"
            aria-label=${texts.conversation}
            aria-busy=${pagination.isLoading || messages.length === 0 ? 'true' : 'false'}
            @keydown=${rovingFocus.onKeydown}
            @focusin=${rovingFocus.onFocusin}
            @focusout=${rovingFocus.onFocusout}
          >
            ${guard(
              [
                messages,
                entries,
                startOfDay(now),
                texts,
                context.total,
                context.tabStop,
                firstUnread,
                context.canReply,
                context.links,
                context.forms,
                context.format,
              ],
              () => {
                const rows = new Rows(messages, now, texts, firstUnread);
                return repeat(
                  entries,
                  (entry) => keyOf(entry, messages),
                  (entry) => entryRow(entry, rows, context),
                );
              },
            )}
          </div>
          ${tail(state)}
        </div>
      </div>
      ${scrollAnchor.isFollowing ? nothing : jump(state)}
    </div>
  `;
}

/** Rows are keyed by their message id, spacers by that of the row below. */
function keyOf(entry: Entry, messages: readonly Message[]): string {
  if (entry.type === 'row') return messages[entry.index]?.messageId ?? '';
  return `space ${messages[entry.before]?.messageId ?? ''}`;
}

function entryRow(entry: Entry, rows: Rows, context: RowContext): unknown {
  // Set as a property, because a strict CSP blocks style attributes.
  if (entry.type === 'space') return html`<div .style=${`block-size: ${entry.size}px`}></div>`;
  const row = rows.at(entry.index);
  return row ? messageRow(row, entry.index, context) : nothing;
}

function earlierButton({ pagination, texts, onLoadEarlier }: FeedState): TemplateResult {
  return html`<div class="earlier">
    <button class="small" type="button" @click=${onLoadEarlier}>
      ${pagination.isLoading ? texts.loading : texts.loadEarlier}
    </button>
    <span class="reason" role="alert">${pagination.error ? texts.error(pagination.error) : nothing}</span>
  </div>`;
}

function welcome({ welcome: { title, text } }: Messages): TemplateResult {
  return html`<slot name="empty"><div class="welcome" part="welcome">
    <span class="welcome-mark">${emptyIcon}</span>
    <p class="welcome-title">${title}</p>
    <p>${text}</p>
  </div></slot>`;
}

function tail({
  snapshot,
  texts,
  hasJoined,
  onStartAgain,
  onEndAgain,
  onSave,
}: FeedState): TemplateResult {
  const typing = snapshot?.typing;
  const failed = snapshot?.messages.filter((message) => message.status === 'failed').length ?? 0;
  return html`
    ${
      typing
        ? html`<div class="typing">
            <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span>
            <span>${texts.typing(senderName(typing, texts))}</span>
          </div>`
        : nothing
    }
    <div class="tail" aria-live="polite">${stateOfConversation(snapshot, texts, hasJoined)}</div>
    ${
      canEndAgain(snapshot)
        ? html`<div class="actions after">
            <button class="small" type="button" @click=${onEndAgain}>${texts.retry}</button>
          </div>`
        : nothing
    }
    ${
      snapshot?.conversation?.status === 'ended'
        ? html`<div class="actions after">
            <button class="small" type="button" @click=${onStartAgain}>${texts.startAgain}</button>
          </div>
          <div class="actions after">
            <button class="small plain" type="button" @click=${onSave}>${texts.saveText}</button>
          </div>`
        : nothing
    }
    <div class="quiet" aria-live="polite">${failed > 0 ? texts.notSent(failed) : nothing}</div>
  `;
}

function stateOfConversation(
  snapshot: ChatSnapshot | null,
  texts: Messages,
  hasJoined: boolean,
): unknown {
  const conversation = snapshot?.conversation;
  if (!conversation) return nothing;
  if (conversation.ending !== undefined) return stateOfEnd(conversation.ending, texts);
  switch (conversation.status) {
    case 'queued':
      return conversation.position === undefined
        ? texts.queued
        : texts.queuedAt(conversation.position);
    case 'ended':
      return texts.ended;
    case 'connected':
      if (conversation.expiresAt !== undefined) {
        return texts.expiring(timeOfDay(conversation.expiresAt, texts));
      }
      if (conversation.leftAt !== undefined) return texts.left;
      return hasJoined ? texts.joined(snapshot.typing?.name.trim() || null) : nothing;
  }
}

function stateOfEnd(ending: Ending, texts: Messages): string {
  if (ending === 'pending' || ending === 'unconfirmed') return texts.ending[ending];
  return `${texts.ending.refused} ${texts.error({ code: ending, message: '' })}`;
}

/** Not where the deployment does not allow it. */
function canEndAgain(snapshot: ChatSnapshot | null): boolean {
  const ending = snapshot?.conversation?.ending;
  return ending !== undefined && ending !== 'pending' && ending !== 'forbidden';
}

function jump({ below, texts, onJump }: FeedState): TemplateResult {
  return html`<button class="jump" part="jump" type="button" @click=${onJump}>
    ${downIcon}<span>${texts.jump}</span>
    ${below > 0 ? html`<span class="count">${texts.jumpCount(below)}</span>` : nothing}
  </button>`;
}
