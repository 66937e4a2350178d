import type { Address } from '../protocol/builds.ts';
import type { Conversation, Routing } from '../protocol/conversation.ts';
import { PartylineError } from '../protocol/errors.ts';
import type { Message } from '../protocol/message.ts';
import type { Call, StreamMessage } from '../protocol/port.ts';
import type { ChatSnapshot, ConnectionSnapshot } from '../protocol/snapshot.ts';
import type { Chat, ChatPlatform, SendOptions } from './chat.ts';
import type { Host } from './host.ts';
import { HubConnection } from './hub-connection.ts';
import { HubRpc } from './hub-rpc.ts';
import { type ConnectOptions, checkOptions } from './options.ts';
import { isConversation } from './port-validators.ts';
import { notConnected, Replica } from './replica.ts';
import { Respawn } from './respawn.ts';
import {
  attachKnowledge,
  readPendingHandoff,
  readSessionHint,
  writePendingHandoff,
  writeSessionHint,
} from './session-hint.ts';
import { throttled } from './throttled.ts';
import { type OpenTransport, type Transport, throughSharedWorker } from './transport.ts';
import { readAs } from './validator.ts';

/** The gateway's answer may need several connection tries. */
const startDeadline = 60_000;

/**
 * How long a hub's first word is waited for, in ms, try by try. One that is killed before it speaks
 * leaves no lock that would tell of its death; one that is only slow is found again by the next try.
 */
const patience: readonly [number, ...number[]] = [1_000, 2_000, 4_000, 8_000];

/**
 * Attaches this page to the origin's one conversation. Returns at once; the snapshot fills in within
 * one round trip to the hub.
 *
 * @throws {PartylineError} `invalid-option`: an option is wrong, and named.
 */
export function connect(options: ConnectOptions): Chat {
  return new PageChat(checkOptions(options));
}

/** One subscriber's fault must not keep the others from the news. */
function guarded(listener: () => void): void {
  try {
    listener();
  } catch (error) {
    reportError(error);
  }
}

function workerAt({ url, name }: Address): SharedWorker {
  return new SharedWorker(url, { type: 'module', name, extendedLifetime: true });
}

class PageChat implements Chat {
  readonly #options: ConnectOptions;
  readonly #listeners = new Set<() => void>();
  readonly #alertListeners = new Set<(message: Message | null) => void>();
  readonly #caller = new HubRpc();
  readonly #respawn = new Respawn();
  readonly #stopListening: () => void;
  /** Runs the hub for all tabs where there is no SharedWorker; `null` until it is needed. */
  #host: Host | null = null;
  #usesFallback: boolean;
  /** Of another build, which has the conversation. */
  #successor: Address | null = null;
  #connection: HubConnection | null = null;
  /** Tries in a row in which no hub spoke. */
  #unheard = 0;
  #isClosed = false;
  readonly #replica = new Replica(this.#caller, {
    changed: () => {
      for (const listener of [...this.#listeners]) guarded(listener);
    },
    alert: (message) => {
      for (const listener of [...this.#alertListeners]) guarded(() => listener(message));
    },
    // Kept by the page itself.
    mirror: (mirror) => writeSessionHint(mirror),
    keptAbove: (first) => this.#refreshAbove(first),
  });

  constructor(options: ConnectOptions) {
    this.#options = options;
    this.#usesFallback = typeof SharedWorker === 'undefined';
    this.#stopListening = this.#listenToPage();
    const unsent = readPendingHandoff();
    if (unsent) this.#goOn(unsent);
    else this.#attach();
  }

  readonly getSnapshot = (): ChatSnapshot => this.#replica.snapshot;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly onAlert = (listener: (message: Message | null) => void): (() => void) => {
    this.#alertListeners.add(listener);
    return () => this.#alertListeners.delete(listener);
  };

  async start(routing: Routing): Promise<Conversation> {
    const { value } = await this.#caller.call({ type: 'start', routing }, startDeadline);
    return readAs(isConversation, value);
  }

  async send(text: string, options?: SendOptions): Promise<string> {
    // The id is made here, so that a call repeated after a hub's death sends nothing twice.
    const messageId = crypto.randomUUID();
    await this.#caller.call({ type: 'send', messageId, text, ...options });
    return messageId;
  }

  platform(): Promise<ChatPlatform> {
    return import('./platform.ts').then((part) => new part.Platform(this, this.#caller));
  }

  async retry(messageId: string): Promise<void> {
    await this.#caller.call({ type: 'retry', messageId });
  }

  async discard(messageId: string): Promise<void> {
    await this.#caller.call({ type: 'discard', messageId });
  }

  setTyping(isTyping: boolean): void {
    this.#tell({ type: 'typing', isTyping });
  }

  setDraft(text: string): void {
    this.#tell({ type: 'draft', text });
  }

  markRead(): void {
    this.#tell({ type: 'mark-read' });
  }

  loadEarlier(count = 50): Promise<boolean> {
    return import('./deferred-calls.ts').then((part) =>
      part.loadEarlier(this.#caller, this.#replica.rows, count),
    );
  }

  reconnect(): void {
    if (this.#connection) this.#tell({ type: 'reconnect' });
    else {
      this.#respawn.reset();
      this.#attach();
    }
  }

  async waitAnyway(): Promise<void> {
    await this.#caller.call({ type: 'wait-anyway' });
  }

  async end(): Promise<void> {
    await this.#caller.call({ type: 'end' });
  }

  async signOut(): Promise<void> {
    await this.#caller.call({ type: 'sign-out' });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stopListening();
    this.#detach();
    this.#listeners.clear();
    this.#alertListeners.clear();
    this.#caller.close();
  }

  /** With what the page before this one, which was left too soon, had to say. */
  #goOn(unsent: string): void {
    import('./pending-handoff.ts')
      .then((part) => part.resendPending(unsent, this, this.#caller))
      .catch(console.warn)
      .finally(() => this.#attach());
  }

  /** For what has no result: a failure is a line in the log. */
  #tell(call: Call): void {
    this.#caller.call(call).catch((error: unknown) => {
      if (!this.#isClosed) console.warn(`[partyline] ${call.type} was not done:`, error);
    });
  }

  #attach(): void {
    if (this.#isClosed || this.#connection) return;
    this.#respawn.cancel();
    const route = this.#route();
    if (!route) {
      this.#fail('unreachable', 'This browser can’t share a chat between tabs.');
      return;
    }
    const wait = patience[this.#unheard] ?? patience[0];
    const known = attachKnowledge(readSessionHint(), this.#caller.lastKnown);
    const connection = new HubConnection(route, known, wait, {
      stream: (message) => this.#onStream(connection, message),
      lost: (reason) => this.#onLost(reason, connection.wasHeard),
      unheard: () => this.#onUnheard(),
      moved: (address) => this.#onMoved(address),
      outdated: (isOlder) => {
        this.#forgetConnection();
        // A SharedWorker of this build has been started with the page, and takes over by itself.
        if (isOlder && this.#usesFallback) {
          this.#host?.takeOver();
          this.#attachLater();
        } else {
          this.#fail('outdated', 'A newer version of this chat is in use. Reload the page.');
        }
      },
    });
    this.#connection = connection;
  }

  #route(): OpenTransport | null {
    if (!this.#usesFallback) {
      const successor = this.#successor;
      return throughSharedWorker(successor ? () => workerAt(successor) : this.#options.worker);
    }
    const { fallback } = this.#options;
    return fallback ? (tabId) => this.#throughTabs(tabId, fallback) : null;
  }

  /** Fetched only where there is no SharedWorker, or none that starts. */
  async #throughTabs(tabId: string, fallback: () => Worker): Promise<Transport> {
    const part = await import('./tab-host.ts');
    this.#host ??= new part.Host(fallback, (reason) => this.#connection?.lose(reason));
    // The page may have gone meanwhile.
    if (this.#connection && this.#usesFallback) this.#host.start();
    return part.throughChannels(tabId);
  }

  #detach(): void {
    this.#respawn.cancel();
    this.#connection?.close();
    this.#forgetConnection();
    this.#host?.stop();
  }

  /** What the hub has not taken in is for the next page of this tab to say. */
  #leave(): void {
    this.#detach();
    const { unsettled } = this.#caller;
    if (unsettled.length > 0) writePendingHandoff(JSON.stringify(unsettled));
  }

  /** It has ended, or does now; calls wait for the next one. */
  #forgetConnection(): void {
    this.#connection = null;
    this.#caller.detached();
  }

  #onStream(connection: HubConnection, message: StreamMessage): void {
    if (message.type === 'snapshot') {
      this.#respawn.succeeded();
      this.#unheard = 0;
    }
    this.#replica.take(connection, message);
  }

  #refreshAbove(first: Message): void {
    import('./deferred-calls.ts')
      .then((part) => part.refreshRows(this.#caller, this.#replica.rows, first))
      .catch((error: unknown) => {
        if (!this.#isClosed) console.warn('[partyline] older rows could not be refreshed:', error);
      });
  }

  #onUnheard(): void {
    this.#unheard += 1;
    if (this.#unheard >= patience.length) {
      this.#onLost('the hub does not answer', false);
      return;
    }
    this.#connection = null;
    // A worker that this tab runs can end without a sign.
    if (this.#unheard > 1) this.#host?.renew();
    this.#attach();
  }

  #onLost(reason: string, wasHeard: boolean): void {
    console.warn(`[partyline] ${reason}`);
    this.#unheard = 0;
    this.#forgetConnection();
    // Where another build's hub was: its script may be gone with it.
    this.#successor = null;
    if (this.#usesFallback) this.#host?.renew();
    // Some browsers have a SharedWorker that never starts.
    if (!wasHeard && this.#options.fallback && typeof SharedWorker !== 'undefined') {
      this.#usesFallback = !this.#usesFallback;
      if (!this.#usesFallback) this.#host?.stop();
    }
    this.#attachLater();
  }

  #attachLater(): void {
    const planned = this.#respawn.plan(() => this.#attach());
    if (planned === null) {
      this.#fail('unreachable', 'The chat could not be started. Reload the page or try again.');
    } else if (planned > 0) {
      // The first try takes a moment that nobody need notice.
      const retryAt = Date.now() + planned;
      this.#showConnection({ ...notConnected, retryAt });
    }
  }

  /** A newer build has taken over, or an older one was never needed: this page follows. */
  #onMoved(address: Address | null): void {
    this.#forgetConnection();
    this.#successor = address;
    this.#usesFallback = address === null && this.#options.fallback !== undefined;
    this.#attachLater();
  }

  #fail(code: 'unreachable' | 'outdated', message: string): void {
    this.#caller.fail(new PartylineError(code, message));
    this.#showConnection({ ...notConnected, phase: 'failed', problem: { code, message } });
  }

  #showConnection(connection: ConnectionSnapshot): void {
    this.#replica.update({ ...this.#replica.snapshot, connection });
  }

  #listenToPage(): () => void {
    const abort = new AbortController();
    const { signal } = abort;
    const onVisibility = () => {
      const visible = document.visibilityState === 'visible';
      this.#connection?.post({ type: 'visibility', visible });
    };
    document.addEventListener('visibilitychange', onVisibility, { signal });
    // Which of the tabs rings is the one that was used last.
    const onUse = throttled(() => this.#connection?.post({ type: 'used' }));
    addEventListener('focus', onUse, { signal });
    addEventListener('pointerdown', onUse, { signal, passive: true, capture: true });
    addEventListener('keydown', onUse, { signal, passive: true, capture: true });
    // A held lock, an open port or a message keeps a page out of the back/forward cache.
    addEventListener('pagehide', () => this.#leave(), { signal });
    addEventListener('pageshow', ({ persisted }) => persisted && this.#attach(), { signal });
    // A frozen page would freeze the hub that it runs, and with it all the others.
    document.addEventListener('freeze', () => this.#host?.stop(), { signal });
    document.addEventListener('resume', () => this.#usesFallback && this.#host?.start(), {
      signal,
    });
    return () => abort.abort();
  }
}
