import type { Role } from '../protocol/message.ts';
import type { Messages } from './messages.ts';

/** What a sender, or someone who types, is called: some gateways name nobody. */
export function senderName(
  { name, role = 'agent' }: { readonly name: string; readonly role?: Role },
  texts: Messages,
): string {
  if (role === 'visitor') return texts.you;
  if (name.trim() !== '') return name;
  switch (role) {
    case 'bot':
      return texts.senderNames.bot;
    case 'agent':
      return texts.senderNames.agent;
    case 'system':
      return texts.chat;
  }
}
