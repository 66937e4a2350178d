import type { FileStage } from '../protocol/files.ts';
import type { QueueReason } from '../protocol/routing.ts';
import type { Phase } from '../protocol/snapshot.ts';
import type { DisplayError } from './display-error.ts';
import { errorTexts, languageRules } from './languages/language-rules.ts';
import { launcherEnglish, plural } from './launcher-messages.ts';
import type { FormMessages } from './panel/forms/messages.ts';

/**
 * All texts of the element. To add a language or change a text, pass an object of this type to the
 * element: `element.texts = { ...english, heading: 'Ask us' }`.
 */
export interface Messages {
  /**
   * A BCP 47 tag. Dates and numbers are formatted in the visitor's own variant of this language, if their
   * browser lists one.
   */
  readonly language: string;
  /** The accessible name of the launcher and of the panel. */
  readonly chat: string;
  readonly heading: string;
  readonly close: string;
  readonly unread: (count: number) => string;
  /** Shown when the panel's code can't be loaded. */
  readonly panelMissing: string;

  readonly more: string;
  readonly end: string;
  /** The question before the conversation is ended. */
  readonly endConfirm: string;
  /** The menu item that deletes the conversation. */
  readonly clear: string;
  /** The question before the conversation is deleted. */
  readonly clearConfirm: string;
  readonly cancel: string;
  readonly delete: string;
  readonly saveText: string;
  readonly startAgain: string;
  readonly signIn: string;

  readonly conversation: string;
  readonly message: string;
  readonly placeholder: string;
  readonly send: string;
  /** Shown in a chat without messages. */
  readonly welcome: { readonly title: string; readonly text: string };

  readonly you: string;
  /** Stand for agents and bots without a name. The attributes `agent-name` and `bot-name` replace them. */
  readonly senderNames: { readonly agent: string; readonly bot: string };
  readonly today: string;
  readonly yesterday: string;
  readonly loadEarlier: string;
  readonly loading: string;
  /** The divider above the first unread message. */
  readonly newMessages: string;
  /** The divider between two conversations. */
  readonly newConversation: string;
  readonly jump: string;
  /** Next to `jump`: the number of new messages below. */
  readonly jumpCount: (count: number) => string;
  /** A gap in the transcript. */
  readonly missing: (count: number) => string;
  /** A new message, for screen readers. */
  readonly announcement: (name: string, text: string) => string;
  /** Replaces `said` when many messages arrive at once. */
  readonly announcementCount: (count: number) => string;
  readonly typing: (name: string) => string;

  readonly files: Readonly<Record<Exclude<FileStage, 'sent'>, string>> & {
    /** A file that waits for those chosen before it. */
    readonly queued: string;
    readonly attach: string;
    /** Shown while files are dragged over the panel. */
    readonly drop: string;
    readonly sent: (name: string) => string;
    /** Follows the error for a file that is too large. @param size for example '10 MB' */
    readonly atMost: (size: string) => string;
  };

  /** The accessible name of a group of suggested replies. */
  readonly choices: string;
  /** Shown where a time is to be chosen and none is free. */
  readonly noTimes: string;
  /** An agent's offer that was declined, since there is no such thing here. */
  readonly declined: { readonly 'co-browse': string; readonly video: string };
  /**
   * The texts of forms and multiple-choice lists.
   * @default those of `language`, or English
   */
  readonly form?: FormMessages;
  /** Stands for content that the panel can't show. @param title `null` when the content has none */
  readonly notShown: (title: string | null) => string;
  /** @param time the time of day at which the conversation ends if nobody writes */
  readonly expiring: (time: string) => string;

  readonly outcome: {
    readonly pending: string;
    readonly sent: string;
    readonly delivered: string;
    readonly read: string;
    readonly failed: string;
  };
  /** The number of failed messages, for screen readers. */
  readonly notSent: (count: number) => string;
  readonly retry: string;

  /** The connection's status. `connecting` also stands for `authenticating` and for a missing chat. */
  readonly phase: Readonly<Record<Exclude<Phase, 'authenticating'>, string>>;
  readonly retryIn: (seconds: number) => string;
  readonly retryNow: string;
  /** Replaces `retryNow` when the page is outdated. */
  readonly reload: string;
  /** The site has a newer version than this page. */
  readonly newerVersion: string;
  readonly update: string;
  /** The browser can't store messages. */
  readonly notStored: string;
  readonly queued: string;
  /** @param position from 1 */
  readonly queuedAt: (position: number) => string;
  /** An agent has joined and hasn't written yet. @param name `null` if unknown */
  readonly joined: (name: string | null) => string;
  /** The agent has left, and the conversation is still open. */
  readonly left: string;
  readonly ended: string;
  /** The visitor has asked to end the conversation, which is still open. */
  readonly ending: {
    readonly pending: string;
    /** There was no answer in time. */
    readonly unconfirmed: string;
    /** The error follows. */
    readonly refused: string;
  };
  readonly routing: {
    /** The routing was refused, and nothing was sent. */
    readonly refused: string;
    /** A button that accepts the suggested routing. */
    readonly continueWith: (skillGroups: readonly string[]) => string;
    /** No agents are available for these skill groups. */
    readonly uncovered: (skillGroups: readonly string[]) => string;
    readonly wait: string;
    readonly leave: string;
    /** The availability of agents couldn't be checked. */
    readonly unchecked: string;
    /** The visitor has been in the queue for long. @param since epoch ms */
    readonly stalled: (since: number, reason: QueueReason) => string;
  };

  /** Lengths are in UTF-16 code units. */
  readonly tooLong: (length: number, maximum: number) => string;
  readonly length: (length: number, maximum: number) => string;
  /** The page has set no `routing`. */
  readonly noRouting: string;
  /** The page has set no `chat` yet. */
  readonly notReady: string;
  /** The text for an error, chosen by its code. The error's own message is for developers. */
  readonly error: (error: DisplayError) => string;
}

const reasons: Readonly<Record<QueueReason, string>> = {
  'nobody-on-shift': 'No agents are available right now.',
  unmatched: 'Something’s wrong on our side. Thanks for your patience.',
  busy: 'All agents are busy. Thanks for waiting.',
  unknown: 'Thanks for your patience.',
};

const ended = 'This chat has ended. Send a message to start a new one.';
const signedOut = 'You’re signed out. Sign in to continue.';
const refused = 'We couldn’t send your request.';
const unconfirmed = 'We couldn’t confirm that this worked. Check the chat before you try again.';

const { list, clockTime } = languageRules('en');

export const english: Messages = {
  ...launcherEnglish,
  language: 'en',
  close: 'Close',
  more: 'More options',
  end: 'End chat',
  endConfirm: 'End this chat?',
  clear: 'Delete chat',
  clearConfirm: 'End this chat and delete all its messages? You can’t undo this.',
  cancel: 'Cancel',
  delete: 'Delete',
  saveText: 'Save transcript',
  startAgain: 'New chat',
  signIn: 'Sign in',

  conversation: 'Conversation',
  message: 'Message',
  placeholder: 'Write a message…',
  send: 'Send',
  welcome: {
    title: 'How can we help?',
    text: 'Send us a message. You can keep browsing – we’ll let you know when we reply.',
  },

  you: 'You',
  senderNames: { agent: 'Agent', bot: 'Virtual assistant' },
  today: 'Today',
  yesterday: 'Yesterday',
  loadEarlier: 'Load earlier messages',
  loading: 'Loading…',
  newMessages: 'New messages',
  newConversation: 'New chat',
  jump: 'Jump to latest',
  jumpCount: (count) => `${count.toLocaleString('en')} new`,
  missing: (count) => `${plural(count, 'message is', 'messages are')} missing here`,
  announcement: (name, text) => `${name}: ${text}`,
  announcementCount: (count) => plural(count, 'new message', 'new messages'),
  typing: (name) => `${name} is typing…`,

  files: {
    attach: 'Attach a file',
    drop: 'Drop files here to send them',
    queued: 'Waiting for the previous file…',
    waiting: 'Waiting for the connection…',
    asking: 'Preparing…',
    uploading: 'Uploading…',
    checking: 'Checking…',
    sent: (name) => `${name} was sent.`,
    atMost: (size) => `Maximum size: ${size}.`,
  },
  choices: 'Suggested replies',
  noTimes: 'No times are available right now.',
  declined: {
    'co-browse': 'Screen sharing isn’t available in this chat. The request was declined.',
    video: 'Video calls aren’t available in this chat. The request was declined.',
  },
  notShown: (title) =>
    title === null ? 'This can’t be shown here.' : `This can’t be shown here: ${title}`,
  expiring: (time) => `This chat will close at ${time} unless there’s a new message.`,

  outcome: {
    pending: 'Sending…',
    sent: 'Sent',
    delivered: 'Delivered',
    read: 'Read',
    failed: 'Not sent',
  },
  notSent: (count) => `${plural(count, 'message was', 'messages were')} not sent.`,
  retry: 'Try again',

  phase: {
    offline: 'You’re offline. We’ll send your messages when you’re back online.',
    connecting: 'Connecting…',
    ready: 'Connected',
    routing: 'Starting your chat…',
    waiting: 'Can’t connect right now. We’ll send your messages as soon as we can.',
    polling: 'Slow connection. Messages may be delayed.',
    'signed-out': signedOut,
    failed: 'Not connected',
  },
  retryIn: (seconds) => (seconds > 0 ? `Trying again in ${seconds} s` : 'Trying again…'),
  retryNow: 'Try now',
  reload: 'Reload page',
  newerVersion: 'A newer version of this page is available.',
  update: 'Update',
  notStored: 'Your chat history won’t be saved in this browser.',
  queued: 'Waiting for an agent…',
  queuedAt: (position) => `Waiting for an agent. You’re number ${position} in the queue.`,
  joined: (name) => `${name ?? 'An agent'} joined the chat.`,
  left: 'The agent has left. Send a message if you still need help.',
  ended,
  ending: {
    pending: 'Ending this chat…',
    unconfirmed:
      'We couldn’t confirm that this chat has ended. Try again, or send a message to continue.',
    refused: 'This chat couldn’t be ended.',
  },

  routing: {
    refused,
    continueWith: (skillGroups) => `Continue with ${list(skillGroups)}`,
    uncovered: (skillGroups) => `No one from ${list(skillGroups)} is available right now.`,
    wait: 'Wait anyway',
    leave: 'Not now',
    unchecked: 'We can’t reach the right team right now. We’ll keep trying.',
    stalled: (since, reason) => `You’ve been waiting since ${clockTime(since)}. ${reasons[reason]}`,
  },

  tooLong: (length, maximum) =>
    `This message is ${plural(length - maximum, 'character', 'characters')} too long. Shorten it or split it.`,
  length: (length, maximum) => `${length.toLocaleString('en')} / ${maximum.toLocaleString('en')}`,
  noRouting: 'Chat isn’t available on this page.',
  notReady: 'Chat is still loading. Try again in a moment.',
  error: errorTexts(
    {
      'empty-message': 'Write a message first.',
      'message-too-long': 'This message is too long. Shorten it or split it.',
      'no-conversation': 'Send a message to start a chat.',
      'unknown-message': 'This message is no longer here.',
      'not-failed': 'This message is already on its way.',
      timeout: unconfirmed,
      'unknown-outcome': unconfirmed,
      unreachable: 'Chat couldn’t start. Reload the page.',
      outdated: 'A newer version of this page is available. Reload it – your draft is saved.',
      'signed-out': signedOut,
      'routing-refused': refused,
      evicted: 'This chat is open in too many places. Close one, then try again.',
      'conversation-deleted': 'This chat was deleted.',
      'conversation-ended': ended,
      'conversation-not-found': ended,
      undelivered: 'This message couldn’t be delivered. Send it again.',
      'session-replaced': 'Your chat on another device was closed.',
      rejected: 'This couldn’t be sent. Change it and try again.',
      'rate-limited': 'We’re a little slow right now. Please wait a moment.',
      unauthorized: 'We couldn’t confirm your sign-in. Sign in again.',
      'origin-refused': 'Chat isn’t available on this site.',
      forbidden: 'This isn’t available in this chat.',
      unavailable: 'Chat is temporarily unavailable. Try again later.',
      network: 'Can’t connect. Check your internet connection.',
      store: 'Your browser couldn’t save this.',
      'file-type': 'This type of file can’t be sent here.',
      'file-size': 'This file is too large.',
      'file-empty': 'This file is empty.',
      'file-extension': 'This file’s name has no extension, such as .pdf. Add one, then try again.',
      'file-name': 'This file name isn’t accepted. Rename the file and try again.',
      'file-content': 'This file couldn’t be accepted. Try a different one.',
      'file-lost': 'The file couldn’t be sent. Check your connection and try again.',
      'file-gone': 'This file is no longer available.',
    },
    'Something went wrong. Try again.',
  ),
};
