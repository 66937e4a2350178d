import type { Problem } from '../../protocol/errors.ts';
import type { GatewayEvent } from '../../protocol/gateway/events.ts';
import type { ExtensionHost } from '../../protocol/gateway/extension.ts';
import type { CallAnswer } from '../../protocol/port.ts';
import type { PlatformCalls } from './platform-calls.ts';
import { signedOut } from './signed-out.ts';
import type { Uploads } from './uploads.ts';

/** The site has a newer build, or there is no network: the next call tries again. */
const notLoaded: Problem = {
  code: 'unavailable',
  message: 'A script of the chat could not be loaded. Try again, or reload the page.',
};

interface Handlers {
  readonly platform: PlatformCalls;
  readonly uploads: Uploads;
}

/**
 * Loads what answers calls about files and the platform at the first such call. Before it, there is no
 * upload, link or deletion that an event can be about: only the session's state counts, and the handlers
 * get it once they have loaded.
 */
export class LazyCalls {
  readonly #hub: ExtensionHost;
  readonly #load: () => Promise<Handlers>;
  #handlers: Handlers | null = null;
  #loading: Promise<Handlers> | null = null;
  /** The last ones; `null`: none. */
  #session: Extract<GatewayEvent, { type: 'session' }> | null = null;
  #configuration: Extract<GatewayEvent, { type: 'configuration' }> | null = null;
  /** Whether the session, which may still be connected, takes no files any more. */
  #isOver = false;

  constructor(hub: ExtensionHost, load: () => Promise<Handlers>) {
    this.#hub = hub;
    this.#load = load;
  }

  /** `null`: not a call about files or the platform. */
  readonly answer = (tabId: string, call: unknown): Promise<CallAnswer> | null => {
    const { type } = Object(call);
    return type === 'file' || type === 'platform' ? this.#answer(tabId, call) : null;
  };

  async #answer(tabId: string, call: unknown): Promise<CallAnswer> {
    const { epoch } = this.#hub;
    const refuse = (problem: Problem): CallAnswer => ({ ok: false, epoch, problem });
    const handlers = this.#handlers ?? (await this.#loaded());
    if (!handlers) return refuse(notLoaded);
    // A file must not get into another visitor's conversation.
    if (epoch !== this.#hub.epoch) return refuse(signedOut().toProblem());
    const { platform, uploads } = handlers;
    return platform.answer(call) ?? uploads.call(tabId, call) ?? refuse(notLoaded);
  }

  /** `null`: they can't be loaded. */
  async #loaded(): Promise<Handlers | null> {
    this.#loading ??= this.#start();
    const loading = this.#loading;
    try {
      return await loading;
    } catch (error) {
      // Another call may have tried again since.
      if (this.#loading === loading) this.#loading = null;
      this.#hub.logError('A script of the hub could not be loaded', error);
      return null;
    }
  }

  async #start(): Promise<Handlers> {
    const handlers = await this.#load();
    const { platform, uploads } = handlers;
    const session = this.#session;
    if (session) {
      platform.onEvent(session);
      uploads.onEvent(this.#isOver ? { ...session, isConnected: false } : session);
    }
    if (this.#configuration) uploads.onEvent(this.#configuration);
    this.#handlers = handlers;
    return handlers;
  }

  /** Handles an event before the core does. Returns the event for the core, or `null`. */
  onEvent(event: GatewayEvent): GatewayEvent | null {
    if (this.#handlers) {
      // An error without an id is attributed to one of them at most: the first that it can be about.
      return this.#handlers.uploads.onEvent(this.#handlers.platform.onEvent(event));
    }
    switch (event.type) {
      case 'session':
        this.#session = event;
        this.#configuration = null;
        this.#isOver = false;
        return event;
      case 'configuration':
        if (event.uploads) this.#configuration = event;
        return event;
      case 'conversation':
        if (event.conversation.status === 'ended') this.#isOver = true;
        return event;
      case 'session-over':
      case 'signed-out':
        this.#isOver = true;
        return event;
      case 'upload-target':
      case 'attachment-url':
      case 'attachment-uploaded':
        // About a file of a hub before this one.
        return null;
      default:
        return event;
    }
  }

  /** There will be no responses. */
  onConnectionClosed(): void {
    if (this.#session) this.#session = { ...this.#session, isConnected: false };
    this.#handlers?.uploads.forget();
    this.#handlers?.platform.onConnectionClosed();
  }

  onVisitorChange(): void {
    this.#session = null;
    this.#configuration = null;
    this.#handlers?.uploads.onVisitorChange();
    this.#handlers?.platform.onVisitorChange();
  }
}
