import type { Sender } from '../protocol/message.ts';
import type { Messages } from './messages.ts';

/** What a sender is called: some gateways name nobody. */
export function senderName({ name, role }: Pick<Sender, 'name' | 'role'>, texts: Messages): string {
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
