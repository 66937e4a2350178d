import { html, nothing } from 'lit';
import type { Chat } from '../../client/chat.ts';
import type { Routing } from '../../protocol/conversation.ts';
import type { ChatSnapshot } from '../../protocol/snapshot.ts';
import type { Messages } from '../messages.ts';

interface RoutingNoticeState {
  readonly chat: Chat | null;
  readonly snapshot: ChatSnapshot | null;
  readonly texts: Messages;
  /** Runs the visitor's choice and shows its error. */
  readonly attempt: (choice: Promise<unknown>) => void;
}

/** A notice about the routing or the queue, with the visitor's options. */
export function routingNotice({ chat, snapshot, texts, attempt }: RoutingNoticeState): unknown {
  const notice = snapshot?.routing;
  return html`<div class="routing" role="alert">${chat && notice ? content() : nothing}</div>`;

  function content(): unknown {
    if (!chat || !snapshot || !notice) return nothing;
    const { routing } = texts;
    switch (notice.kind) {
      case 'refused': {
        const { suggested } = notice;
        return notification(
          routing.refused,
          suggested &&
            button(routing.continueWith(suggested.skillGroups), () =>
              startAndResend(chat, snapshot, suggested),
            ),
        );
      }
      case 'uncovered':
        if (!notice.isAsking) return notification(routing.uncovered(notice.skillGroups));
        return notification(
          routing.uncovered(notice.skillGroups),
          button(routing.wait, () => chat.waitAnyway()),
          button(routing.leave, () => chat.end(), true),
        );
      case 'unchecked':
        return notification(
          routing.unchecked,
          button(routing.leave, () => chat.end(), true),
        );
      case 'stalled':
        return notification(routing.stalled(notice.since, notice.reason));
    }
  }

  function notification(text: string, ...actions: unknown[]): unknown {
    return html`<div class="notice" part="notice">
      <span>${text}</span>
      <span class="actions">${actions}</span>
    </div>`;
  }

  function button(label: string, onSelect: () => Promise<unknown>, isPlain = false): unknown {
    return html`<button
      class="small ${isPlain ? 'plain' : ''}"
      type="button"
      @click=${() => attempt(onSelect())}
    >
      ${label}
    </button>`;
  }
}

/** Starts with the suggested routing and resends the messages that failed because of the refused one. */
async function startAndResend(chat: Chat, snapshot: ChatSnapshot, routing: Routing): Promise<void> {
  const starting = chat.start(routing);
  const refused = snapshot.messages.filter(({ failure }) => failure?.code === 'routing-refused');
  for (const { messageId } of refused) await chat.retry(messageId);
  await starting;
}
