'use client';

import { createComponent } from '@lit/react';
import * as react from 'react';
import type { Chat } from '../client/chat.ts';
import type { ChatSnapshot } from '../protocol/snapshot.ts';
import { PartylineChatElement } from '../ui/index.ts';

/**
 * `<partyline-chat>` as a React component. The element's properties are its props; the `toggle` event is
 * `onToggle`.
 *
 * `<PartylineChat chat={chat} routing={routing} onToggle={(event) => …} />`
 */
export const PartylineChat = createComponent({
  react,
  tagName: 'partyline-chat',
  elementClass: PartylineChatElement,
  events: { onToggle: 'toggle' },
  displayName: 'PartylineChat',
});

/**
 * Returns the chat's snapshot, and renders the component again when it changes.
 *
 * @param chat from `connect`, called once outside of components; `null` where there is none, as on a
 * server
 */
export function useChat(chat: Chat): ChatSnapshot;
export function useChat(chat: Chat | null): ChatSnapshot | null;
export function useChat(chat: Chat | null): ChatSnapshot | null {
  const read = react.useCallback(() => chat?.getSnapshot() ?? null, [chat]);
  const subscribe = react.useCallback(
    (listener: () => void) => chat?.subscribe(listener) ?? (() => {}),
    [chat],
  );
  return react.useSyncExternalStore(subscribe, read, read);
}
