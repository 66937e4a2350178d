import type { Problem } from '../../protocol/errors.ts';
import type { GatewayEvent } from '../../protocol/gateway/events.ts';
import type { ExtensionHost } from '../../protocol/gateway/extension.ts';
import type { CallAnswer } from '../../protocol/port.ts';
import { signedOut } from './signed-out.ts';
import type { Uploads } from './uploads.ts';

/** The site has a newer build, or there is no network: the next call tries again. */
const notLoaded: Problem = {
  code: 'unavailable',
  message: 'The code for files could not be loaded. Try again, or reload the page.',
};

/**
 * Loads `Uploads` at the first call about files, since most visitors send none. Without such a call there
 * is no upload, link or deletion that an event can be about: until then, only the session's state counts,
 * and `Uploads` gets it once it has loaded.
 */
export class LazyUploads {
  readonly #hub: ExtensionHost;
  readonly #load: () => Promise<Uploads>;
  #uploads: Uploads | null = null;
  #loading: Promise<Uploads> | null = null;
  /** The last ones; `null`: none. */
  #session: Extract<GatewayEvent, { type: 'session' }> | null = null;
  #configuration: Extract<GatewayEvent, { type: 'configuration' }> | null = null;

  constructor(hub: ExtensionHost, load: () => Promise<Uploads>) {
    this.#hub = hub;
    this.#load = load;
  }

  /** Answers calls about files; `null`: not a call about files. */
  readonly call = (tabId: string, call: unknown): Promise<CallAnswer> | null =>
    Object(call).type === 'file' ? this.#answer(tabId, call) : null;

  async #answer(tabId: string, call: unknown): Promise<CallAnswer> {
    const { epoch } = this.#hub;
    const refuse = (problem: Problem): CallAnswer => ({ ok: false, epoch, problem });
    const uploads = await this.#loaded();
    if (!uploads) return refuse(notLoaded);
    // The file must not get into another visitor's conversation.
    if (epoch !== this.#hub.epoch) return refuse(signedOut().toProblem());
    return uploads.call(tabId, call) ?? refuse(notLoaded);
  }

  /** `null`: it can't be loaded. */
  async #loaded(): Promise<Uploads | null> {
    this.#loading ??= this.#start();
    const loading = this.#loading;
    try {
      return await loading;
    } catch (error) {
      // Another call may have tried again since.
      if (this.#loading === loading) this.#loading = null;
      this.#hub.logError('The code for files could not be loaded', error);
      return null;
    }
  }

  async #start(): Promise<Uploads> {
    const uploads = await this.#load();
    if (this.#session) uploads.onEvent(this.#session);
    if (this.#configuration) uploads.onEvent(this.#configuration);
    this.#uploads = uploads;
    return uploads;
  }

  /** Handles an event before the core does. Returns the event for the core, or `null`. */
  onEvent(event: GatewayEvent): GatewayEvent | null {
    if (this.#uploads) return this.#uploads.onEvent(event);
    switch (event.type) {
      case 'session':
        this.#session = event;
        this.#configuration = null;
        return event;
      case 'configuration':
        if (event.uploads) this.#configuration = event;
        return event;
      case 'conversation':
        if (event.conversation.status === 'ended') this.#close();
        return event;
      case 'session-over':
      case 'signed-out':
        this.#close();
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

  /** The connection has closed: there will be no responses. */
  onConnectionClosed(): void {
    this.#close();
    this.#uploads?.forget();
  }

  onVisitorChange(): void {
    this.#session = null;
    this.#configuration = null;
    this.#uploads?.onVisitorChange();
  }

  #close(): void {
    if (this.#session) this.#session = { ...this.#session, isConnected: false };
  }
}
