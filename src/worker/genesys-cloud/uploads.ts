import type { Attachment } from '../../protocol/content.ts';
import { describeIssue, PartylineError } from '../../protocol/errors.ts';
import {
  type FileProgress,
  type FileStage,
  fileError,
  intersectMimeTypes,
  type UploadRules,
} from '../../protocol/files.ts';
import type { GatewayEvent, GatewayProblem } from '../../protocol/gateway/events.ts';
import type { ExtensionHost } from '../../protocol/gateway/extension.ts';
import { fileProblem, fitsReading, fitsUpload } from '../../protocol/genesys-cloud/errors.ts';
import type { CallAnswer } from '../../protocol/port.ts';
import type { RequestLimiter } from '../edges/request-limiter.ts';
import type { DeploymentSettings } from './deployment.ts';
import { type FileCall, fileCallSchema } from './file-calls.ts';
import { putFile, type UploadTarget } from './put-file.ts';
import { signedOut } from './signed-out.ts';
import { Upload, withResolvers } from './upload.ts';
import {
  ended,
  errorOf,
  fileLost,
  linkError,
  notAllowed,
  offline,
  overdue,
  refusal,
  tooMany,
} from './upload-errors.ts';

/** Timeout for the connection, in ms. */
const connectionDeadline = 60_000;

/** Timeout of a request, in ms. */
const askDeadline = 20_000;

/** Timeout of the upload itself, in ms: 10 MB need 0.3 Mbit/s. */
const putDeadline = 300_000;

/** Timeout of the gateway's check after the last byte, in ms. */
const checkDeadline = 60_000;

/** How long an upload waits for the rate limit, in ms: longer than its window of a minute. */
const paceDeadline = 75_000;

/**
 * How long a request for a URL waits for the rate limit, in ms. Together with `askDeadline` it stays below
 * the 25 s that a page waits for an answer.
 */
const linkWaitLimit = 4_000;

/** How long the result of an upload is kept for pages, in ms. */
const retention = 60_000;

/** Limit of uploads at a time: each holds a file, and costs requests. */
const maximumRunning = 10;

/** The limits in the platform's documentation, until a session sends its own. */
const defaultRules: UploadRules = {
  mimeTypes: ['image/jpeg', 'image/png', 'image/gif', 'application/pdf', 'text/plain'],
  blockedExtensions: [],
  maximumSize: 10 * 1_024 * 1_024,
};

interface Link {
  readonly attachmentId: string;
  readonly promise: Promise<string>;
  readonly resolve: (url: string) => void;
  readonly reject: (error: PartylineError) => void;
  /** `false`: it still waits for the rate limit, so no error can be about it. */
  isAsked: boolean;
}

/**
 * Uploads files to the gateway, outside of the core, which sees only the message with the uploaded file.
 * In memory only: when the worker ends, its uploads are lost.
 */
export class Uploads {
  readonly #hub: ExtensionHost;
  readonly #site: Partial<UploadRules> | false;
  readonly #limiter: Pick<RequestLimiter, 'wait'>;
  readonly #settings: Pick<DeploymentSettings, 'current' | 'soon'>;
  readonly #put: typeof putFile;
  /** By message id. */
  readonly #uploads = new Map<string, Upload>();
  /** Messages that are not confirmed yet, by the id of their file. */
  readonly #sent = new Map<string, string>();
  readonly #links = new Map<string, Link>();
  /** Files deleted lately, by id: an error without an id may be about one of them. */
  readonly #abandoned = new Set<string>();
  /** The limits that the session has sent. */
  #sessionRules: UploadRules | null = null;
  /** Whether there is an open session that accepts files. */
  #isOpen = false;

  /** @param site the site's own limits, within those of the platform; `false`: no files */
  constructor(
    hub: ExtensionHost,
    site: Partial<UploadRules> | false,
    settings: Pick<DeploymentSettings, 'current' | 'soon'>,
    limiter: Pick<RequestLimiter, 'wait'>,
    put = putFile,
  ) {
    this.#put = put;
    this.#limiter = limiter;
    this.#settings = settings;
    this.#hub = hub;
    this.#site = site;
  }

  /** Answers calls about files; `null`: not a call about files. */
  readonly call = (tabId: string, call: unknown): Promise<CallAnswer> | null =>
    Object(call).type === 'file' ? this.#answer(tabId, call) : null;

  async #answer(tabId: string, call: unknown): Promise<CallAnswer> {
    const { epoch } = this.#hub;
    const parsed = fileCallSchema.safeParse(call);
    try {
      if (!parsed.success) {
        throw new PartylineError('invalid-call', `Invalid call: ${describeIssue(parsed.error)}`);
      }
      return { ok: true, epoch, value: await this.#do(tabId, parsed.data) };
    } catch (error) {
      return { ok: false, epoch, problem: this.#asError(error).toProblem() };
    }
  }

  async #do(tabId: string, call: FileCall): Promise<unknown> {
    switch (call.step) {
      case 'rules':
        await this.#settings.soon();
        return this.#rules();
      case 'begin':
        this.#begin(tabId, call);
        return null;
      case 'wait':
        return this.#wait(call.messageId, call.after);
      case 'cancel':
        this.#uploads.get(call.messageId)?.fail(fileLost());
        return null;
      case 'link':
        return this.#link(call.attachmentId);
    }
  }

  #rules(): UploadRules | null {
    const platform = this.#sessionRules ?? this.#settings.current?.uploads ?? defaultRules;
    if (this.#site === false || platform.maximumSize === 0) return null;
    const { mimeTypes: own, blockedExtensions = [], maximumSize = null } = this.#site;
    const mimeTypes = own ? intersectMimeTypes(platform.mimeTypes, own) : platform.mimeTypes;
    if (mimeTypes.length === 0) return null;
    const sizes = [platform.maximumSize, maximumSize].filter((size) => size !== null);
    return {
      mimeTypes,
      blockedExtensions: [...platform.blockedExtensions, ...blockedExtensions],
      maximumSize: sizes.length > 0 ? Math.min(...sizes) : null,
    };
  }

  // --- an upload ---

  #begin(tabId: string, call: Extract<FileCall, { step: 'begin' }>): void {
    const known = this.#uploads.get(call.messageId);
    // A repeated call, whose first answer was lost.
    if (known && known.failure === null) return;
    this.#check(call.file);
    const running = [...this.#uploads.values()].filter(({ isOver }) => !isOver);
    if (running.length >= maximumRunning) throw tooMany();
    const upload = new Upload(call, tabId, this.#hub.epoch);
    this.#uploads.set(call.messageId, upload);
    void this.#run(upload);
  }

  #check(file: File): void {
    const rules = this.#rules();
    if (!rules) throw notAllowed();
    const fault = fileError(file, rules);
    if (fault !== null) throw refusal(fault);
  }

  async #run(upload: Upload): Promise<void> {
    try {
      upload.enter('waiting', connectionDeadline, offline());
      if (!this.#isOpen) await upload.until(upload.connected.promise);
      // Beyond the rate limit, the platform would refuse a request, which might be a message.
      if (this.#limiter.wait > 0) upload.enter('waiting', paceDeadline, overdue());
      while (this.#limiter.wait > 0) await upload.until(sleep(this.#limiter.wait));
      // The session's limits are known only now.
      this.#check(upload.file);
      // The visitor may have changed since the last wait was over.
      upload.signal.throwIfAborted();
      upload.enter('asking', askDeadline, overdue());
      if (!this.#hub.send(upload.request)) throw offline();
      const target = await upload.until(upload.target.promise);
      upload.enter('uploading', putDeadline, overdue());
      await this.#upload(upload, target);
      upload.enter('checking', checkDeadline, overdue());
      const url = await upload.until(upload.uploaded.promise);
      await this.#send(upload, url);
      upload.end(null);
    } catch (error) {
      const isThere = upload.stage === 'uploading' || upload.stage === 'checking';
      // It is not the next visitor's to delete.
      if (isThere && upload.epoch === this.#hub.epoch) this.#delete(upload);
      upload.end(this.#asError(error));
    }
    setTimeout(() => {
      this.#sent.delete(upload.attachmentId);
      if (this.#uploads.get(upload.messageId) === upload) this.#uploads.delete(upload.messageId);
    }, retention);
  }

  /** Fails by the network, the site's CSP, a deleted file, or with the reason of an abort. */
  async #upload(upload: Upload, target: UploadTarget): Promise<void> {
    try {
      await this.#put(target, upload.file, {
        signal: upload.signal,
        onProgress: (share) => upload.onProgress(share),
      });
    } catch (cause) {
      throw cause instanceof PartylineError ? cause : fileLost(cause);
    }
  }

  /** Sends the file's message. From here on it can't be cancelled. */
  async #send(upload: Upload, url: string): Promise<void> {
    const { messageId, text, tabId, epoch, attachmentId, file } = upload;
    // The file must not get into another visitor's conversation.
    if (epoch !== this.#hub.epoch) throw signedOut();
    this.#sent.set(attachmentId, messageId);
    const content = [attachmentOf(attachmentId, file, url)];
    const answer = await this.#hub.call(tabId, { type: 'send', messageId, text, content });
    if (!answer.ok) throw new PartylineError(answer.problem.code, answer.problem.message);
  }

  async #wait(messageId: string, after: FileProgress): Promise<FileProgress> {
    const upload = this.#uploads.get(messageId);
    // A previous hub had it, and ended.
    if (!upload) throw fileLost();
    await upload.changeFrom(after);
    if (upload.failure) throw upload.failure;
    return upload.progress;
  }

  #delete({ attachmentId }: Upload): void {
    if (!this.#isOpen || !this.#hub.send({ type: 'delete-attachment', attachmentId })) return;
    this.#abandoned.add(attachmentId);
    setTimeout(() => this.#abandoned.delete(attachmentId), askDeadline);
  }

  /** A new URL for one that has expired. */
  #link(attachmentId: string): Promise<string> {
    const known = this.#links.get(attachmentId);
    if (known) return known.promise;
    const link: Link = { attachmentId, ...withResolvers<string>(), isAsked: false };
    this.#links.set(attachmentId, link);
    void this.#askFor(link);
    return link.promise.finally(() => {
      // The next visitor may have asked for the same file.
      if (this.#links.get(attachmentId) === link) this.#links.delete(attachmentId);
    });
  }

  async #askFor(link: Link): Promise<void> {
    const { attachmentId } = link;
    const until = performance.now() + linkWaitLimit;
    while (this.#isOpen && this.#limiter.wait > 0) {
      const { wait } = this.#limiter;
      // A history with many pictures needs many URLs, and each request makes the others wait longer.
      if (performance.now() + wait > until) {
        link.reject(tooMany());
        return;
      }
      await sleep(wait);
      // The connection has closed meanwhile, and the next one may be another visitor's.
      if (this.#links.get(attachmentId) !== link) return;
    }
    if (!this.#isOpen || !this.#hub.send({ type: 'refresh-attachment', attachmentId })) {
      link.reject(offline());
      return;
    }
    link.isAsked = true;
    const timer = setTimeout(() => link.reject(overdue()), askDeadline);
    // The caller gets the error; here it only stops the timer.
    const stop = () => clearTimeout(timer);
    link.promise.then(stop, stop);
  }

  // --- events of the gateway ---

  /** Handles an event before the core does. Returns the event for the core, or `null`. */
  onEvent(event: GatewayEvent): GatewayEvent | null {
    switch (event.type) {
      case 'session':
        this.#onSession(event);
        return event;
      case 'configuration':
        this.#sessionRules = event.uploads ?? this.#sessionRules;
        return event;
      case 'conversation':
        if (event.conversation.status === 'ended') this.#close(ended());
        return event;
      case 'session-over':
      case 'signed-out':
        this.#close(ended());
        return event;
      case 'message':
        for (const [attachmentId, messageId] of this.#sent) {
          if (messageId === event.message.messageId) this.#sent.delete(attachmentId);
        }
        return event;
      case 'upload-target':
        // For a link too: the platform may answer both kinds of request with the same event.
        this.#links.get(event.attachmentId)?.resolve(event.url);
        this.#findRunning(event.attachmentId)?.target.resolve(event);
        return null;
      case 'attachment-url':
        this.#links.get(event.attachmentId)?.resolve(event.url);
        // For an upload, it is a target that needs no headers.
        this.#findRunning(event.attachmentId)?.target.resolve({
          ...event,
          type: 'upload-target',
          headers: {},
        });
        return null;
      case 'attachment-uploaded':
        this.#findRunning(event.attachmentId)?.uploaded.resolve(event.url);
        return null;
      case 'attachment-failed':
        return this.#onFailed(event);
      case 'problem':
        return this.#onProblem(event);
      default:
        return event;
    }
  }

  #onSession({
    uploads,
    isConnected,
    isNew,
    isReadOnly,
  }: Extract<GatewayEvent, { type: 'session' }>): void {
    this.#sessionRules = uploads;
    // Uploads belong to their session, and this is a new one.
    if (isNew) this.#failAll(fileLost(), ({ stage }) => stage !== 'waiting');
    this.#isOpen = isConnected && !isReadOnly;
    if (!this.#isOpen) return;
    for (const upload of this.#uploads.values()) upload.connected.resolve();
  }

  /** The connection has closed: there will be no responses. */
  forget(): void {
    this.#isOpen = false;
    this.#failAll(fileLost(), ({ stage }) => stage === 'asking' || stage === 'checking');
    for (const link of this.#links.values()) link.reject(offline());
  }

  /** Nothing of the previous visitor is left, not even an upload that waits for a connection. */
  onVisitorChange(): void {
    this.#isOpen = false;
    this.#sessionRules = null;
    this.#failAll(signedOut(), () => true);
    this.#uploads.clear();
    this.#sent.clear();
    this.#abandoned.clear();
    for (const link of this.#links.values()) link.reject(signedOut());
    this.#links.clear();
  }

  #close(error: PartylineError): void {
    this.#isOpen = false;
    // An upload that waits for a connection may be for the next conversation.
    this.#failAll(error, ({ stage }) => stage !== 'waiting');
  }

  #failAll(error: PartylineError, isAffected: (upload: Upload) => boolean): void {
    for (const upload of this.#uploads.values()) if (isAffected(upload)) upload.fail(error);
  }

  #findRunning(attachmentId: string | null): Upload | undefined {
    return [...this.#uploads.values()].find(
      (upload) => !upload.isOver && upload.attachmentId === attachmentId,
    );
  }

  #firstAt(...stages: readonly FileStage[]): Upload | undefined {
    return [...this.#uploads.values()].find(
      ({ isOver, stage }) => !isOver && stages.includes(stage),
    );
  }

  #onFailed(event: Extract<GatewayEvent, { type: 'attachment-failed' }>): GatewayEvent | null {
    const { attachmentId, problem } = event;
    const named = attachmentId ?? problem.messageId;
    if (named === null) return this.#onFailedWithoutId(problem) ? null : event;
    if (this.#failNamed(named, problem)) return null;
    const messageId = this.#sent.get(named);
    if (messageId === undefined) return event;
    // Refused after its message was sent: the message has failed.
    return { ...event, attachmentId: null, problem: { ...problem, messageId } };
  }

  /** Most errors have no id: they are matched with the pending requests. */
  #onFailedWithoutId(problem: GatewayProblem): boolean {
    const fault = fileProblem(Number(problem.code))?.code ?? null;
    const isGone = fault === 'file-gone' || fault === 'file-lost';
    const upload = isGone ? undefined : this.#firstAt('asking', 'uploading', 'checking');
    if (upload) {
      upload.fail(errorOf(problem));
      return true;
    }
    // A message matters more than a link. If the error was about the link, the message's echo corrects it.
    if (isGone && this.#sent.size > 0) {
      this.#sent.clear();
      return false;
    }
    // A stored file has a valid type, size and name, so such an error is not about a link.
    const link = isGone || fault === null ? this.#askedLink() : null;
    link?.reject(linkError(problem));
    return link !== null || (isGone && this.#abandoned.size > 0);
  }

  /**
   * Passes each problem to the core, which logs it and takes it as a sign of life. A problem about a file
   * gets the file's id, so that no message fails for it.
   */
  #onProblem(event: Extract<GatewayEvent, { type: 'problem' }>): GatewayEvent {
    const { problem } = event;
    if (problem.messageId !== null) {
      this.#failNamed(problem.messageId, problem);
      return event;
    }
    const owner = this.#attribute(problem);
    if (owner === null) return event;
    this.#failNamed(owner, problem);
    // After a rate limit everything waits; without an id, the core checks the message in flight as well.
    if (problem.kind === 'rate-limited') return event;
    return { ...event, problem: { ...problem, messageId: owner } };
  }

  /**
   * The file that a problem without an id is attributed to; `null`: none. It may also be about a message in
   * flight, but never about both. If it was about a message, the message is sent again once its echo is
   * overdue, and the second refusal can only be about it. If a file fails wrongly, the visitor can retry.
   * The other way round, a message would be shown as failed, and a file would wait in vain.
   */
  #attribute(problem: GatewayProblem): string | null {
    const upload = this.#firstAt('asking');
    if (upload) return fitsUpload(problem) ? upload.attachmentId : null;
    return fitsReading(problem) ? (this.#askedLink()?.attachmentId ?? null) : null;
  }

  /** The first pending request for a URL: the platform answers in order. */
  #askedLink(): Link | null {
    return [...this.#links.values()].find(({ isAsked }) => isAsked) ?? null;
  }

  #failNamed(attachmentId: string, problem: GatewayProblem): boolean {
    const owner = this.#links.get(attachmentId) ?? this.#findRunning(attachmentId);
    if (!owner) return false;
    if (owner instanceof Upload) owner.fail(errorOf(problem));
    else owner.reject(linkError(problem));
    return true;
  }

  #asError(error: unknown): PartylineError {
    if (error instanceof PartylineError) return error;
    this.#hub.logError('File upload failed', error);
    return fileLost();
  }
}

function sleep(duration: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, duration));
}

function attachmentOf(attachmentId: string, { name, type, size }: File, url: string): Attachment {
  const kinds = ['image', 'audio', 'video'] as const;
  return {
    type: 'attachment',
    attachmentId,
    url: url === '' ? null : url,
    name,
    kind: kinds.find((kind) => type.startsWith(`${kind}/`)) ?? 'file',
    mime: type === '' ? null : type,
    size,
    text: null,
  };
}
