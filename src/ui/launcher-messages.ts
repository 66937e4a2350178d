import type { Messages } from './messages.ts';

/** The texts of the launcher. The other texts are loaded with the panel. */
export type LauncherMessages = Pick<Messages, 'chat' | 'heading' | 'unread' | 'panelMissing'>;

export function plural(count: number, one: string, other: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : other}`;
}

export const launcherEnglish: LauncherMessages = {
  chat: 'Chat',
  heading: 'Chat with us',
  unread: (count) => plural(count, 'unread message', 'unread messages'),
  panelMissing: 'Chat couldn’t load. Check your connection and try again.',
};
