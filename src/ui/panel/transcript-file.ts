import type { Chat } from '../../client/chat.ts';
import type { Message } from '../../protocol/message.ts';
import { withWords } from '../content-words.ts';
import type { Messages } from '../messages.ts';
import { senderName } from '../sender-name.ts';
import { exactTime } from './calendar.ts';
import type { TextFormat } from './text-format.ts';

/** The page size, which is the maximum of `Chat.loadEarlier`. */
const batch = 500;

/**
 * Loads all earlier messages, then downloads the conversation as a text file.
 *
 * @throws if a page can't be loaded: an incomplete transcript would look complete
 */
export async function saveTranscript(
  chat: Chat,
  texts: Messages,
  format: TextFormat,
): Promise<void> {
  while (chat.getSnapshot().hasEarlier) {
    const before = chat.getSnapshot().messages.length;
    await chat.loadEarlier(batch);
    if (chat.getSnapshot().messages.length === before) break;
  }
  const { messages } = chat.getSnapshot();
  const day = new Date().toISOString().slice(0, 10);
  download(`chat-${day}.txt`, asText(messages, texts, format));
}

function asText(messages: readonly Message[], texts: Messages, format: TextFormat): string {
  const entries = messages.map((message) => {
    const { from, timestamp, status } = message;
    const remark = status === 'failed' ? ` (${texts.outcome.failed})` : '';
    const heading = [exactTime(timestamp, texts), senderName(from, texts)]
      .filter(Boolean)
      .join(' · ');
    return `${heading}${remark}\n${withWords(format.saved(message), message, texts)}\n`;
  });
  return entries.join('\n');
}

function download(name: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type: 'text/plain;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // Most browsers have read the blob by the next task. Safari needs longer.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
