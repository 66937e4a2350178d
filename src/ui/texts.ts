import type { FileStage } from '../protocol/files.ts';
import type { QueueReason } from '../protocol/routing.ts';
import type { Phase } from '../protocol/snapshot.ts';
import type { FormWords } from './panel/forms/words.ts';
import { plural, shellEnglish } from './shell-texts.ts';
import type { Trouble } from './trouble.ts';

/**
 * Everything the element says. To add a language, write a second constant of this type and give it to
 * the element: `chat.texts = german`.
 */
export interface Texts {
  /** BCP 47, for dates and numbers. Of the visitor's own languages the first that fits refines it. */
  readonly language: string;
  /** The accessible name of the launcher and of the panel. */
  readonly chat: string;
  readonly heading: string;
  readonly close: string;
  readonly unread: (count: number) => string;
  /** The panel's code could not be fetched. */
  readonly panelMissing: string;

  readonly more: string;
  readonly end: string;
  /** Of the whole conversation. */
  readonly clear: string;
  readonly clearing: string;
  readonly keep: string;
  readonly delete: string;
  readonly saveText: string;
  readonly saveJson: string;
  readonly startAgain: string;
  readonly signIn: string;

  readonly conversation: string;
  readonly message: string;
  readonly placeholder: string;
  readonly send: string;
  /** Stands where the first message will. */
  readonly welcome: { readonly title: string; readonly text: string };

  readonly you: string;
  readonly today: string;
  readonly yesterday: string;
  readonly earlier: string;
  readonly loadingEarlier: string;
  /** Stands above the first message that the visitor has not read. */
  readonly newMessages: string;
  /** Stands between two conversations. */
  readonly newConversation: string;
  readonly jump: string;
  /** Beside `jump`: how many messages came below what the visitor reads. */
  readonly jumpCount: (count: number) => string;
  readonly missing: (count: number) => string;
  readonly said: (name: string, text: string) => string;
  /** In place of `said` when more come at once than anybody can listen to. */
  readonly saidMany: (count: number) => string;
  readonly typing: (name: string) => string;

  readonly files: Readonly<Record<Exclude<FileStage, 'sent'>, string>> & {
    readonly attach: string;
    /** Seen while files are held over the panel. */
    readonly drop: string;
    readonly cancel: string;
    readonly sent: (name: string) => string;
    /** Behind the words for a file that is too large. @param size such as '10 MB' */
    readonly atMost: (size: string) => string;
  };

  /** Names a group of buttons that answer a message. */
  readonly choices: string;
  /**
   * What forms and lists of several choices say; it is fetched with them.
   * @default the words of the language, or English
   */
  readonly form?: FormWords;
  /** Something that a message brings and that this panel can't show. */
  readonly notShown: (what: string) => string;
  /** The conversation ends at that time of day, unless somebody writes. */
  readonly expiring: (time: string) => string;

  readonly outcome: {
    readonly pending: string;
    readonly sent: string;
    readonly delivered: string;
    readonly read: string;
    readonly failed: string;
  };
  /** Tells those who don't see the failed messages. */
  readonly notSent: (count: number) => string;
  readonly retry: string;
  readonly discard: string;

  readonly phase: Readonly<Record<Phase, string>>;
  /** No chat has been given to the element yet. */
  readonly starting: string;
  readonly retryIn: (seconds: number) => string;
  readonly retryNow: string;
  /** In the place of `retryNow`, when the page is of an older version. */
  readonly reload: string;
  /** The site has a newer version than this page. */
  readonly newerVersion: string;
  readonly update: string;
  readonly notKept: string;
  readonly queued: string;
  /** @param position from 1 */
  readonly queuedAt: (position: number) => string;
  /** An agent has taken the conversation, and written nothing yet. */
  readonly joined: string;
  /** Nobody is there any more, and the conversation is still open. */
  readonly left: string;
  readonly ended: string;
  readonly routing: {
    /** Nothing was sent. @param problems one sentence each */
    readonly refused: (problems: readonly string[]) => string;
    readonly goOn: (skillGroups: readonly string[]) => string;
    readonly uncovered: (skillGroups: readonly string[]) => string;
    readonly wait: string;
    readonly leave: string;
    readonly unchecked: string;
    /** @param since epoch ms */
    readonly stalled: (since: number, reason: QueueReason) => string;
  };

  readonly tooLong: (length: number, maximum: number) => string;
  readonly length: (length: number, maximum: number) => string;
  readonly noRouting: string;
  readonly notReady: string;
  /** What went wrong, in words: the problem's own message, or another language's by its code. */
  readonly trouble: (trouble: Trouble) => string;
}

const reasons: Readonly<Record<QueueReason, string>> = {
  'nobody-on-shift': 'Nobody for this is on duty at the moment.',
  unmatched: 'Something is wrong with this queue, and we have been told.',
  busy: 'Everybody is busy; it will be your turn.',
  unknown: 'Why it takes so long is not known.',
};

function listed(names: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'disjunction' }).format(
    names.map((name) => name.replaceAll('_', ' ')),
  );
}

function clockTime(instant: number): string {
  return new Date(instant).toLocaleTimeString('en', { hour: 'numeric', minute: '2-digit' });
}

export const english: Texts = {
  ...shellEnglish,
  language: 'en',
  close: 'Close',
  more: 'More',
  end: 'End conversation',
  clear: 'Delete conversation',
  clearing: 'End the conversation, and delete everything that was said?',
  keep: 'Keep',
  delete: 'Delete',
  saveText: 'Save as text',
  saveJson: 'Save as JSON',
  startAgain: 'Start again',
  signIn: 'Sign in',

  conversation: 'Conversation',
  message: 'Message',
  placeholder: 'Write a message…',
  send: 'Send',
  welcome: {
    title: 'How can we help?',
    text: 'Write to us here. You can keep browsing: the conversation goes with you.',
  },

  you: 'You',
  today: 'Today',
  yesterday: 'Yesterday',
  earlier: 'Earlier messages',
  loadingEarlier: 'Loading…',
  newMessages: 'New',
  newConversation: 'A new conversation',
  jump: 'Jump to latest',
  jumpCount: (count) => `${count.toLocaleString('en')} new`,
  missing: (count) => `${plural(count, 'message is', 'messages are')} missing here`,
  said: (name, text) => `${name} said: ${text}`,
  saidMany: (count) => plural(count, 'new message', 'new messages'),
  typing: (name) => `${name} is typing…`,

  files: {
    attach: 'Attach a file',
    drop: 'Drop files here to send them',
    cancel: 'Cancel',
    waiting: 'Waiting for the connection…',
    asking: 'Getting ready…',
    uploading: 'Uploading…',
    checking: 'Being checked…',
    sent: (name) => `${name} was sent.`,
    atMost: (size) => `At most ${size}.`,
  },
  choices: 'Answers',
  notShown: (what) => `This can’t be shown here: ${what}`,
  expiring: (time) => `This conversation ends at ${time} unless somebody writes.`,

  outcome: {
    pending: 'Waiting to be sent',
    sent: 'Sent',
    delivered: 'Delivered',
    read: 'Read',
    failed: 'Not sent',
  },
  notSent: (count) => `${plural(count, 'message was', 'messages were')} not sent.`,
  retry: 'Retry',
  discard: 'Discard',

  phase: {
    offline: 'You are offline. What you write is kept and goes out later.',
    connecting: 'Connecting…',
    authenticating: 'Connecting: signing in…',
    ready: 'Connected',
    routing: 'Connected. Opening your conversation…',
    waiting: 'Out of reach at the moment. What you write is kept and goes out later.',
    polling: 'Slow connection. Messages still come and go.',
    'signed-out': 'You are signed out. Sign in again to go on.',
    failed: 'Not connected.',
  },
  starting: 'Starting…',
  retryIn: (seconds) => (seconds > 0 ? `Trying again in ${seconds} s` : 'Trying again…'),
  retryNow: 'Try now',
  reload: 'Reload the page',
  newerVersion: 'A newer version of this page is available.',
  update: 'Update',
  notKept: 'History is not kept in this browser.',
  queued: 'Waiting for an agent…',
  queuedAt: (position) => `Waiting for an agent. You are number ${position} in the queue.`,
  joined: 'Somebody is here for you now.',
  left: 'Nobody is here any more. Write if you need more help.',
  ended: 'This conversation has ended. A new message starts a new conversation.',

  routing: {
    refused: (problems) => `This could not be passed on. ${problems.join(' ')}`,
    goOn: (skillGroups) => `Go on with ${listed(skillGroups)}`,
    uncovered: (skillGroups) => `Nobody from ${listed(skillGroups)} is on duty at the moment.`,
    wait: 'Wait all the same',
    leave: 'Not now',
    unchecked: 'The right team can’t be found at the moment. It is tried again by itself.',
    stalled: (since, reason) =>
      `You have been waiting since ${clockTime(since)}. ${reasons[reason]}`,
  },

  tooLong: (length, maximum) =>
    `This message is too long by ${plural(length - maximum, 'character', 'characters')}. Shorten it or send it in parts.`,
  length: (length, maximum) => `${length.toLocaleString('en')} / ${maximum.toLocaleString('en')}`,
  noRouting: 'This page has not said who should answer, so the message could not go out.',
  notReady: 'The chat is still starting. Try again in a moment.',
  trouble: (trouble) => trouble.message,
};
