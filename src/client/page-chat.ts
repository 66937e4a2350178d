import type { Attributes, Conversation, Routing } from '../protocol/conversation.ts';
import { PartylineError } from '../protocol/errors.ts';
import type { Message } from '../protocol/message.ts';
import type { Call } from '../protocol/port.ts';
import type { ChatSnapshot } from '../protocol/snapshot.ts';
import { HubRpc } from './calls/hub-rpc.ts';
import { readPendingHandoff, writePendingHandoff } from './calls/pending-handoff.ts';
import type { Chat, ChatPlatform, SendOptions } from './chat.ts';
import { ConnectionSupervisor } from './connection/connection-supervisor.ts';
import { Listeners } from './listeners.ts';
import type { CheckedConnectOptions } from './options.ts';
import { listenToPageLifecycle } from './page-lifecycle.ts';
import { writeSessionHint } from './session/session-hint.ts';
import { Replica } from './transcript/replica.ts';

/** Deadline of `start`, in ms: the gateway's answer may need several connection attempts. */
const startDeadline = 60_000;

/** Deadline of `end`, in ms: longer than the hub's own for the gateway. */
const endDeadline = 20_000;

/** The `Chat` of a page: turns its methods into calls, and wires the page's parts together. */
export class PageChat implements Chat {
  readonly #hubName: string;
  readonly #listeners = new Listeners();
  readonly #alertListeners = new Listeners<[message: Message | null]>();
  readonly #rpc = new HubRpc();
  readonly #replica = new Replica(this.#rpc, {
    changed: () => this.#listeners.notify(),
    alert: (message) => this.#alertListeners.notify(message),
    sessionHintChanged: (hint) => writeSessionHint(this.#hubName, hint),
    olderRowsKept: (first) => this.#refreshRowsAbove(first),
  });
  readonly #supervisor: ConnectionSupervisor;
  readonly #stopListening: () => void;
  readonly #closing = new AbortController();
  #platform: ChatPlatform | null = null;
  /** Unloaded, or in the back/forward cache. */
  #isHidden = false;
  /** What this page stored when it was left; `null`: all calls were answered. */
  #handoff: string | null = null;

  constructor(options: CheckedConnectOptions) {
    this.#hubName = options.name;
    this.#supervisor = new ConnectionSupervisor(options, this.#rpc, this.#replica);
    this.#stopListening = this.#listenToPage();
    this.#attach();
  }

  readonly getSnapshot = (): ChatSnapshot => this.#replica.snapshot;

  readonly subscribe = (listener: () => void): (() => void) => this.#listeners.add(listener);

  readonly onAlert = (listener: (message: Message | null) => void): (() => void) =>
    this.#alertListeners.add(listener);

  async start(routing: Routing): Promise<Conversation> {
    const { value } = await this.#rpc.call({ type: 'start', routing }, startDeadline);
    const { readConversation } = await import('./calls/hub-calls.ts');
    return readConversation(value);
  }

  async send(text: string, options?: SendOptions): Promise<string> {
    // The page chooses the id, so that a call repeated after a hub's death sends nothing twice.
    const messageId = crypto.randomUUID();
    await this.#rpc.call({ type: 'send', messageId, text, ...options });
    return messageId;
  }

  async platform(): Promise<ChatPlatform> {
    const { PlatformClient } = await import('./calls/hub-calls.ts');
    this.#platform ??= new PlatformClient(this, this.#rpc);
    return this.#platform;
  }

  async retry(messageId: string): Promise<void> {
    await this.#rpc.call({ type: 'retry', messageId });
  }

  async discard(messageId: string): Promise<void> {
    await this.#rpc.call({ type: 'discard', messageId });
  }

  setTyping(isTyping: boolean): void {
    this.#notifyHub({ type: 'typing', isTyping });
  }

  setDraft(text: string): void {
    this.#notifyHub({ type: 'draft', text });
  }

  markRead(): void {
    this.#notifyHub({ type: 'mark-read' });
  }

  async loadEarlier(count = 50): Promise<boolean> {
    const { loadEarlier } = await import('./calls/hub-calls.ts');
    return loadEarlier(this.#rpc, this.#replica.rows, count);
  }

  reconnect(): void {
    if (this.#supervisor.isAttached) this.#notifyHub({ type: 'reconnect' });
    else this.#supervisor.attachNow();
  }

  async waitAnyway(): Promise<void> {
    await this.#rpc.call({ type: 'wait-anyway' });
  }

  async setAttributes(attributes: Attributes): Promise<void> {
    await this.#rpc.call({ type: 'set-attributes', attributes });
  }

  async end(): Promise<void> {
    try {
      await this.#rpc.call({ type: 'end' }, endDeadline);
    } catch (error) {
      // A deletion, here or on another device, has ended it, too.
      if (!(error instanceof PartylineError && error.code === 'conversation-deleted')) throw error;
    }
  }

  async signOut(): Promise<void> {
    await this.#rpc.call({ type: 'sign-out' });
  }

  close(): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#stopListening();
    this.#supervisor.close();
    this.#listeners.clear();
    this.#alertListeners.clear();
    this.#rpc.close();
  }

  /** Makes a call without a result. A failure is logged. */
  #notifyHub(call: Call): void {
    this.#rpc.call(call).catch((error: unknown) => this.#warn(`${call.type} failed:`, error));
  }

  #refreshRowsAbove(first: Message): void {
    import('./calls/hub-calls.ts')
      .then(({ refreshRows }) =>
        refreshRows(this.#rpc, this.#replica.rows, first, this.#closing.signal),
      )
      .catch((error: unknown) => this.#warn('Refreshing older messages failed:', error));
  }

  /** Not after `close`, which rejects all pending calls. */
  #warn(event: string, error: unknown): void {
    if (!this.#closing.signal.aborted) console.warn(`[partyline] ${event}`, error);
  }

  /**
   * Attaches, and repeats the calls that the tab's other pages could not make: those of the page
   * before, or of the pages between when this page comes out of the back/forward cache.
   */
  #attach(): void {
    const handoff = readPendingHandoff(this.#hubName);
    if (handoff !== null && handoff !== this.#handoff) {
      this.#resendAndAttach(handoff);
      return;
    }
    // Its own calls still wait in this page.
    if (handoff !== null) writePendingHandoff(this.#hubName, null);
    this.#supervisor.attach();
  }

  #resendAndAttach(handoff: string): void {
    import('./calls/hub-calls.ts')
      .then(({ resendPending }) => {
        writePendingHandoff(this.#hubName, null);
        resendPending(handoff, this, this.#rpc);
      })
      .catch((error: unknown) => this.#warn('Resending calls failed:', error))
      .finally(() => {
        if (!this.#isHidden) this.#supervisor.attach();
      });
  }

  #listenToPage(): () => void {
    const supervisor = this.#supervisor;
    return listenToPageLifecycle({
      visibilityChanged: (visible) => supervisor.post({ type: 'visibility', visible }),
      used: () => supervisor.post({ type: 'used' }),
      hidden: () => {
        this.#isHidden = true;
        // A held lock, an open port or a message would evict the page from the back/forward cache.
        supervisor.detach();
        const { pendingCalls } = this.#rpc;
        this.#handoff = pendingCalls.length > 0 ? JSON.stringify(pendingCalls) : null;
        if (this.#handoff !== null) writePendingHandoff(this.#hubName, this.#handoff);
      },
      restored: () => {
        this.#isHidden = false;
        this.#attach();
      },
      // A hub in a frozen page would freeze with it, for all other tabs.
      frozen: () => supervisor.stopHosting(),
      resumed: () => supervisor.resumeHosting(),
    });
  }
}
