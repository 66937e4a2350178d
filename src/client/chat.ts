import type { Reply } from '../protocol/content.ts';
import type { Conversation, Routing } from '../protocol/conversation.ts';
import type { Deployment } from '../protocol/deployment.ts';
import type { FileStage } from '../protocol/files.ts';
import type { UploadRules } from '../protocol/gateway.ts';
import type { Message } from '../protocol/message.ts';
import type { ChatSnapshot } from '../protocol/snapshot.ts';

export interface SendOptions {
  /** The visitor has chosen this instead of writing: see `content` of the message that offered it. */
  readonly reply?: Reply;
}

export interface SendFileOptions {
  /** Goes with it. @default none */
  readonly text?: string;
  /** Called with each stage and, while it is `uploading`, with each percent of the bytes that have left. */
  readonly onProgress?: (stage: FileStage, percent: number) => void;
  /** Cancels it; `send` rejects with its reason. Once the file is there, its message goes out. */
  readonly signal?: AbortSignal;
}

/** Files, where the gateway takes them. */
export interface ChatFiles {
  /** What may be sent at the moment; `null`: no files. A session may tell other rules once it is open. */
  rules(): Promise<UploadRules | null>;
  /**
   * Uploads a file and sends a message with it. Resolves with the message's id once the browser keeps
   * that for good; until then the file is in memory only, and lost with the worker.
   * @throws {PartylineError} `file-type` · `file-size` · `file-empty` · `file-name` · `file-content`:
   * it is not accepted · `file-lost`, `network`, `timeout`: try again · `rate-limited`: try again later ·
   * `forbidden`: no files here · `no-conversation`, `conversation-ended`: call `start` first.
   */
  send(file: File, options?: SendFileOptions): Promise<string>;
  /**
   * A fresh address for an `attachment` in `content` of a message: they live for some minutes.
   * @throws {PartylineError} `file-gone` · `network` · `timeout` · `rate-limited`: too many at once
   */
  link(attachmentId: string): Promise<string>;
}

/** What the gateway's platform has besides a conversation. */
export interface ChatPlatform {
  readonly files: ChatFiles;
  /** The platform's own settings for this chat; `null`: it has none, or can't be asked. */
  deployment(): Promise<Deployment | null>;
  /**
   * Has the open conversation forgotten, at the platform and here: it ends, and its transcript goes from
   * every tab and from the browser.
   * @throws {PartylineError} `forbidden`: not in this chat · `conversation-ended` · `network` · `timeout` ·
   * `rate-limited` and `unavailable`: try again later
   */
  clear(): Promise<void>;
}

/**
 * The conversation, seen from one page. All tabs of the origin share it.
 *
 * `getSnapshot` and `subscribe` fit React's `useSyncExternalStore` as they are. Every promise settles:
 * with its result, or with a `PartylineError` whose `code` says why.
 */
export interface Chat {
  /** The present state: immutable, and the same reference until something changes. */
  getSnapshot(): ChatSnapshot;
  /** Calls `listener` after every change. Returns what ends the subscription. */
  subscribe(listener: () => void): () => void;
  /**
   * Asks the gateway for a conversation; an open one is answered as it is.
   * Its skill groups are checked against the gateway's canonical names first, its attributes against
   * the site's own schema.
   * @throws {PartylineError} `invalid-call` · `signed-out` · `routing-refused`: nothing was sent, and
   * `routing` of the snapshot says what was meant · `timeout`: it is still wanted, and opened
   * as soon as the gateway can be reached.
   */
  start(routing: Routing): Promise<Conversation>;
  /**
   * Sends a message. Resolves with its id once the browser keeps it for good: from then on it goes
   * out, if need be after a restart, or becomes `failed` in the transcript. Where the browser keeps
   * nothing (`hub.persistent` is false) it resolves at once, and the message lives as long as the hub.
   * A draft of the same text is cleared with it. A page that is left before it resolves leaves the call to the
   * next page of its tab.
   * @param options.reply what of an offer in `content` of a message it answers
   * @throws {PartylineError} `empty-message` · `message-too-long` (4,096 UTF-16 code units) ·
   * `no-conversation`: call `start` first · `signed-out` · `rejected`: too many are waiting.
   */
  send(text: string, options?: SendOptions): Promise<string>;
  /**
   * What the gateway's platform has besides a conversation: files, its own settings, and clearing.
   * Fetched when it is first wanted. @throws what a failing `import` throws
   */
  platform(): Promise<ChatPlatform>;
  /** Sends a failed message again, with the same id. @throws `unknown-message`, `not-failed` */
  retry(messageId: string): Promise<void>;
  /** Removes a message that the gateway has not got. @throws `unknown-message` */
  discard(messageId: string): Promise<void>;
  /** Tells the other side that the visitor types, at most every 3 s. Call it as often as you like. */
  setTyping(isTyping: boolean): void;
  /** Keeps the composer's text, over navigation and in all tabs. */
  setDraft(text: string): void;
  /** The visitor has seen the newest message. */
  markRead(): void;
  /**
   * Calls `listener` when something new came, in one tab only: the one last used, and one that is seen
   * before others. Ring, or show it in the title, there. `null`: another tab does it from now on.
   * Returns what ends it.
   */
  onAlert(listener: (message: Message | null) => void): () => void;
  /**
   * Puts older messages on top of the snapshot's.
   * @param count how many, 1 to 500. @default 50
   * @returns `false` when there is no more.
   */
  loadEarlier(count?: number): Promise<boolean>;
  /** Tries to connect now instead of at `connection.retryAt`. */
  reconnect(): void;
  /**
   * The visitor waits in the queue although nobody is on shift for it: `routing` of the snapshot is
   * `uncovered` and asks. `end()` is the other answer.
   */
  waitAnyway(): Promise<void>;
  /** Leaves the conversation. Its transcript stays. */
  end(): Promise<void>;
  /** Closes the socket, wipes what the browser keeps, and tells every tab. */
  signOut(): Promise<void>;
  /** Detaches this page. Other tabs go on. */
  close(): void;
}
