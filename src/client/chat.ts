import type { Reply } from '../protocol/content.ts';
import type { Attributes, Conversation, Routing } from '../protocol/conversation.ts';
import type { Deployment } from '../protocol/deployment.ts';
import type { FileStage, UploadRules } from '../protocol/files.ts';
import type { JourneyContext } from '../protocol/gateway/commands.ts';
import type { Message } from '../protocol/message.ts';
import type { ChatSnapshot } from '../protocol/snapshot.ts';

export interface SendOptions {
  /** The choice that the visitor made, from `content` of the message that offered it. */
  readonly reply?: Reply;
}

export interface SendFileOptions {
  /** A message text to send with the file. @default none */
  readonly text?: string;
  /** Called at each new stage and, during `uploading`, for each percent uploaded (0 to 100). */
  readonly onProgress?: (stage: FileStage, percent: number) => void;
  /**
   * Cancels the upload; `send` rejects with the signal's reason. Once the upload is complete, the message
   * is still sent.
   */
  readonly signal?: AbortSignal;
}

/** Sends and opens files, where the gateway supports them. */
export interface ChatFiles {
  /** The files that may be sent now; `null`: none. The rules can change when a conversation starts. */
  rules(): Promise<UploadRules | null>;
  /**
   * Uploads a file and sends a message with it. Resolves with the message's id once the browser has
   * stored the message. Until then the file is in memory only, and lost if the worker stops.
   * @throws {PartylineError} `file-type` · `file-size` · `file-empty` · `file-name` · `file-content`:
   * the file is not accepted · `file-lost`, `network`, `timeout`: try again · `rate-limited`: try again
   * later · `forbidden`: this chat takes no files · `no-conversation`, `conversation-ended`: call `start`
   * first.
   */
  send(file: File, options?: SendFileOptions): Promise<string>;
  /**
   * A fresh URL for an `attachment` in `content` of a message. URLs expire after some minutes.
   * @throws {PartylineError} `file-gone` · `network` · `timeout` · `rate-limited`: too many requests
   */
  link(attachmentId: string): Promise<string>;
}

/** Features that only some gateways have. */
export interface ChatPlatform {
  readonly files: ChatFiles;
  /** The platform's settings for this chat; `null`: it has none, or they can't be read. */
  deployment(): Promise<Deployment | null>;
  /**
   * Ends the open conversation, and deletes its transcript from the platform, from this browser and from
   * every tab.
   * @throws {PartylineError} `forbidden`: this chat does not allow it · `conversation-ended` · `network` ·
   * `timeout` · `rate-limited`, `unavailable`: try again later
   */
  clear(): Promise<void>;
  /**
   * Says that the visitor has signed in on this page or the one before: the hub asks the site at once who is
   * there. A guest's open conversation then goes on as theirs where the site and the deployment allow that;
   * otherwise they are another visitor. Has no effect if nobody has signed in. Resolves once the site is
   * being asked.
   */
  signIn(): Promise<void>;
  /**
   * Data about this visitor for Genesys Predictive Engagement: `customer`, `customerSession` and
   * `triggeringAction`, which replace those of the hub's option; at most 4,096 bytes as JSON. It is sent when
   * a session is opened, so call it before the first message. Applies to all tabs until the visitor changes.
   * `null` removes it.
   * @throws {PartylineError} `invalid-call`: it is invalid, or this gateway has no such context; the message
   * says which
   */
  setJourneyContext(context: JourneyContext | null): Promise<void>;
}

/**
 * A page's view of the conversation, which all tabs of the origin share.
 *
 * `getSnapshot` and `subscribe` can be passed to React's `useSyncExternalStore`. Every promise settles: it
 * resolves, or rejects with a `PartylineError` whose `code` tells the reason. Besides the codes listed,
 * any call can reject with `timeout`, `unknown-outcome`, `unreachable`, `outdated`, `signed-out` or
 * `closed`.
 */
export interface Chat {
  /** The current state: immutable, and the same object until something changes. */
  getSnapshot(): ChatSnapshot;
  /** Calls `listener` after every change. Returns a function that unsubscribes. */
  subscribe(listener: () => void): () => void;
  /**
   * Starts a conversation; resolves with the open one if there is one. The skill groups are checked
   * against the gateway's names first, the attributes against the site's schema.
   * @throws {PartylineError} `invalid-call` · `signed-out` · `routing-refused`: nothing was sent, and
   * `routing` of the snapshot has the closest match · `timeout`: the conversation starts once the gateway
   * can be reached.
   */
  start(routing: Routing): Promise<Conversation>;
  /**
   * Sends a message. Resolves with its id once the browser has stored it. From then on it is sent, if
   * need be after a restart, or becomes `failed` in the transcript. If storage is unavailable
   * (`hub.persistent` is false), it resolves at once, and the message is lost if the hub stops.
   * Clears a draft with the same text. If the page is left before the promise settles, the tab's next
   * page repeats the call.
   * @throws {PartylineError} `empty-message` · `message-too-long` (4,096 UTF-16 code units) ·
   * `no-conversation`: call `start` first · `signed-out` · `rate-limited`: too many messages are
   * waiting.
   */
  send(text: string, options?: SendOptions): Promise<string>;
  /**
   * Files, the platform's settings, and deleting the conversation. Loaded at the first call.
   * @throws the error of a failed `import`
   */
  platform(): Promise<ChatPlatform>;
  /** Sends a failed message again, with the same id. @throws `unknown-message`, `not-failed` */
  retry(messageId: string): Promise<void>;
  /** Removes a message that has not reached the gateway. @throws `unknown-message` */
  discard(messageId: string): Promise<void>;
  /** Shows the agent that the visitor types. Call it at each keystroke: it is sent every 3 s at most. */
  setTyping(isTyping: boolean): void;
  /**
   * Stores the text being written, for all tabs and across navigation. Has no effect while nobody is
   * signed in: the next visitor must not get the text.
   */
  setDraft(text: string): void;
  /** Marks all messages as read. */
  markRead(): void;
  /**
   * Calls `listener` with each new message, in one tab only: the one used last, visible tabs first. Play
   * a sound or change the title there. `null`: another tab does so from now on. Returns a function that
   * unsubscribes.
   */
  onAlert(listener: (message: Message | null) => void): () => void;
  /**
   * Adds older messages to the top of the snapshot's.
   * @param count 1 to 500. @default 50
   * @returns whether there are more.
   */
  loadEarlier(count?: number): Promise<boolean>;
  /** Connects now instead of at `connection.retryAt`. */
  reconnect(): void;
  /**
   * Keeps the visitor in a queue without agents on shift, when `routing` of the snapshot is `uncovered`.
   * `end()` is the alternative.
   */
  waitAnyway(): Promise<void>;
  /**
   * Adds to the attributes of the routing, for this visitor, from now on: with Genesys Cloud, each message
   * bears them; with the webchat dialect, the next routing does. Attributes of the same name are replaced.
   * Resolves once they are stored.
   * @throws `routing-refused` if they do not match the site's schema (`routing.attributes` of `startHub`),
   *   `invalid-call` if they are too many: 1,800 bytes as JSON with Genesys Cloud, else 16,384.
   */
  setAttributes(attributes: Attributes): Promise<void>;
  /**
   * Ends the conversation. The transcript stays. Where the gateway confirms an end, as Genesys Cloud does,
   * this resolves when it has; until then `conversation.ending` of the snapshot is `pending`.
   * @throws {PartylineError} `timeout`: not confirmed within 10 s; it may end all the same, and is asked for
   * again on the next connection, unless the visitor writes · `forbidden`: this chat does not allow it ·
   * `rate-limited`, `unavailable`: try again later
   */
  end(): Promise<void>;
  /** Closes the socket and deletes everything from this browser and from every tab. */
  signOut(): Promise<void>;
  /** Detaches this page for good. Other tabs are not affected. */
  close(): void;
}
