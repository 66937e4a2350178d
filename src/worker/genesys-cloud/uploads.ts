import type { Attachment } from '../../protocol/content.ts';
import { PartylineError } from '../../protocol/errors.ts';
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
import { Upload, withSettlers } from './upload.ts';
import {
  ended,
  errorOf,
  linkError,
  lost,
  off,
  offline,
  overdue,
  refusal,
  tooMany,
} from './upload-errors.ts';

/** For a line, in ms. */
const lineDeadline = 60_000;

/** From a request to its answer, in ms. */
const askDeadline = 20_000;

/** For the bytes, in ms: 10 MB in so long are 0.3 Mbit/s. */
const putDeadline = 300_000;

/** From the last byte to the gateway's word that it has looked at them, in ms. */
const checkDeadline = 60_000;

/** For the pace to allow another request, in ms: longer than the minute that it looks back on. */
const paceDeadline = 75_000;

/**
 * The same for an address, which is not asked for at all when it takes longer, in ms. Together with
 * `askDeadline` it stays below the 25 s that a page waits for an answer.
 */
const linkPatience = 4_000;

/** So long a page can still ask what became of a file, in ms. */
const keptFor = 60_000;

/** At a time: each holds a file, and costs the platform requests. */
const maximumRunning = 10;

/** What the platform's own documentation names, for as long as a session has not said what it takes. */
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
  /** `false`: the pace does not allow it yet, so no error can be about it. */
  isAsked: boolean;
}

/**
 * Files on their way to the gateway, outside of the core: what that learns of is the message that brings
 * one, once it is there. In memory only: what a dying worker cuts off is told as lost.
 */
export class Uploads {
  readonly #hub: ExtensionHost;
  readonly #site: Partial<UploadRules> | false;
  readonly #pace: Pick<RequestLimiter, 'wait'>;
  readonly #settings: Pick<DeploymentSettings, 'current' | 'soon'>;
  readonly #put: typeof putFile;
  /** By the id of their message. */
  readonly #uploads = new Map<string, Upload>();
  /** Messages that are not known to have arrived, by the id of the file that they bring. */
  readonly #sent = new Map<string, string>();
  readonly #links = new Map<string, Link>();
  /** Files that were let go: an error that names nothing may be about one of them. */
  #letGo = 0;
  /** What the session has said of files. */
  #told: UploadRules | null = null;
  /** There is a session to put files into. */
  #isOpen = false;

  /** @param site its own rules, which narrow the platform's; `false`: no files */
  constructor(
    hub: ExtensionHost,
    site: Partial<UploadRules> | false,
    settings: Pick<DeploymentSettings, 'current' | 'soon'>,
    pace: Pick<RequestLimiter, 'wait'>,
    put = putFile,
  ) {
    this.#put = put;
    this.#pace = pace;
    this.#settings = settings;
    this.#hub = hub;
    this.#site = site;
  }

  /** Answers calls about files; `null`: it is another call. */
  readonly call = (tabId: string, call: unknown): Promise<CallAnswer> | null =>
    Object(call).type === 'file' ? this.#answer(tabId, call) : null;

  async #answer(tabId: string, call: unknown): Promise<CallAnswer> {
    const { epoch } = this.#hub;
    const parsed = fileCallSchema.safeParse(call);
    try {
      if (!parsed.success) throw new PartylineError('invalid-call', 'The call is misshapen.');
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
        this.#uploads.get(call.messageId)?.fail(lost());
        return null;
      case 'link':
        return this.#link(call.attachmentId);
    }
  }

  #rules(): UploadRules | null {
    const told = this.#told ?? this.#settings.current?.uploads ?? defaultRules;
    if (this.#site === false || told.maximumSize === 0) return null;
    const { mimeTypes: own, blockedExtensions = [], maximumSize = null } = this.#site;
    const mimeTypes = own ? intersectMimeTypes(told.mimeTypes, own) : told.mimeTypes;
    if (mimeTypes.length === 0) return null;
    const sizes = [told.maximumSize, maximumSize].filter((size) => size !== null);
    return {
      mimeTypes,
      blockedExtensions: [...told.blockedExtensions, ...blockedExtensions],
      maximumSize: sizes.length > 0 ? Math.min(...sizes) : null,
    };
  }

  // --- a file's way ---

  #begin(tabId: string, call: Extract<FileCall, { step: 'begin' }>): void {
    const known = this.#uploads.get(call.messageId);
    // Asked again, after the first answer was lost.
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
    if (!rules) throw off();
    const fault = fileError(file, rules);
    if (fault !== null) throw refusal(fault);
  }

  async #run(upload: Upload): Promise<void> {
    try {
      upload.enter('waiting', lineDeadline, offline());
      if (!this.#isOpen) await upload.until(upload.line.promise);
      // The platform would refuse one request too many, and that might be a message.
      if (this.#pace.wait > 0) upload.enter('waiting', paceDeadline, overdue());
      while (this.#pace.wait > 0) await upload.until(sleep(this.#pace.wait));
      // What this session takes is known only now.
      this.#check(upload.file);
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
      if (upload.stage === 'uploading' || upload.stage === 'checking') this.#delete(upload);
      upload.end(this.#asError(error));
    }
    setTimeout(() => {
      this.#sent.delete(upload.attachmentId);
      if (this.#uploads.get(upload.messageId) === upload) this.#uploads.delete(upload.messageId);
    }, keptFor);
  }

  /** What fails it is the network, the policy of the site, a file that is gone, or why it was aborted. */
  async #upload(upload: Upload, target: UploadTarget): Promise<void> {
    try {
      await this.#put(target, upload.file, {
        signal: upload.signal,
        onProgress: (share) => upload.moved(share),
      });
    } catch (cause) {
      throw cause instanceof PartylineError ? cause : lost(cause);
    }
  }

  /** From here on it is a message as any other, and can't be called back. */
  async #send(upload: Upload, url: string): Promise<void> {
    const { messageId, text, tabId, epoch, attachmentId, file } = upload;
    // Another visitor's conversation is none of its business.
    if (epoch !== this.#hub.epoch) throw lost();
    this.#sent.set(attachmentId, messageId);
    const content = [attachmentOf(attachmentId, file, url)];
    const answer = await this.#hub.call(tabId, { type: 'send', messageId, text, content });
    if (!answer.ok) throw new PartylineError(answer.problem.code, answer.problem.message);
  }

  async #wait(messageId: string, after: FileProgress): Promise<FileProgress> {
    const upload = this.#uploads.get(messageId);
    // A hub that died had it, and took it along.
    if (!upload) throw lost();
    await upload.changeFrom(after);
    if (upload.failure) throw upload.failure;
    return upload.progress;
  }

  #delete({ attachmentId }: Upload): void {
    if (!this.#isOpen || !this.#hub.send({ type: 'delete-attachment', attachmentId })) return;
    this.#letGo += 1;
    setTimeout(() => {
      this.#letGo -= 1;
    }, askDeadline);
  }

  /** A fresh address for one that has run out. */
  #link(attachmentId: string): Promise<string> {
    const known = this.#links.get(attachmentId);
    if (known) return known.promise;
    const link: Link = { attachmentId, ...withSettlers<string>(), isAsked: false };
    this.#links.set(attachmentId, link);
    void this.#askFor(link);
    return link.promise.finally(() => this.#links.delete(attachmentId));
  }

  async #askFor(link: Link): Promise<void> {
    const { attachmentId } = link;
    const until = performance.now() + linkPatience;
    while (this.#isOpen && this.#pace.wait > 0) {
      const { wait } = this.#pace;
      // A history with many pictures asks for many, and one goes when one may: the others' wait is longer then.
      if (performance.now() + wait > until) {
        link.reject(tooMany());
        return;
      }
      await sleep(wait);
      // The line has ended meanwhile, and the next one may be another visitor's.
      if (this.#links.get(attachmentId) !== link) return;
    }
    if (!this.#isOpen || !this.#hub.send({ type: 'refresh-attachment', attachmentId })) {
      link.reject(offline());
      return;
    }
    link.isAsked = true;
    const timer = setTimeout(() => link.reject(overdue()), askDeadline);
    // Whoever asked hears why it failed; here it only matters that it is over.
    const stop = () => clearTimeout(timer);
    link.promise.then(stop, stop);
  }

  // --- what the gateway tells ---

  /** Hears it before the core does; returns what of it is the core's business. */
  hear(event: GatewayEvent): GatewayEvent | null {
    switch (event.type) {
      case 'session':
        this.#onSession(event);
        return event;
      case 'configuration':
        this.#told = event.uploads ?? this.#told;
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
        // One without headers is no place to put anything, but the answer to who asked for a link.
        this.#links.get(event.attachmentId)?.resolve(event.url);
        this.#running(event.attachmentId)?.target.resolve(event);
        return null;
      case 'attachment-url':
        this.#links.get(event.attachmentId)?.resolve(event.url);
        // Where a place was asked for, it is one, although it wants no headers.
        this.#running(event.attachmentId)?.target.resolve({
          ...event,
          type: 'upload-target',
          headers: {},
        });
        return null;
      case 'attachment-uploaded':
        this.#running(event.attachmentId)?.uploaded.resolve(event.url);
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
    this.#told = uploads;
    // Files belong to their session, and this is another one.
    if (isNew) this.#failAll(lost(), ({ stage }) => stage !== 'waiting');
    this.#isOpen = isConnected && !isReadOnly;
    if (!this.#isOpen) return;
    for (const upload of this.#uploads.values()) upload.line.resolve();
  }

  /** The line has ended: what the gateway says of these now, nobody hears. */
  forget(): void {
    this.#isOpen = false;
    this.#failAll(lost(), ({ stage }) => stage === 'asking' || stage === 'checking');
    for (const link of this.#links.values()) link.reject(offline());
  }

  #close(error: PartylineError): void {
    this.#isOpen = false;
    // One that waits for a line may have been meant for the next conversation.
    this.#failAll(error, ({ stage }) => stage !== 'waiting');
  }

  #failAll(error: PartylineError, isMeant: (upload: Upload) => boolean): void {
    for (const upload of this.#uploads.values()) if (isMeant(upload)) upload.fail(error);
  }

  #running(attachmentId: string | null): Upload | undefined {
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
    if (named === null) return this.#onUnnamed(problem) ? null : event;
    if (this.#failNamed(named, problem)) return null;
    const messageId = this.#sent.get(named);
    if (messageId === undefined) return event;
    // Found wanting after all: the message that brings it has failed.
    return { ...event, attachmentId: null, problem: { ...problem, messageId } };
  }

  /** Most errors name nothing: what they say must fit what was asked. */
  #onUnnamed(problem: GatewayProblem): boolean {
    const fault = fileProblem(Number(problem.code))?.code ?? null;
    const isGone = fault === 'file-gone' || fault === 'file-lost';
    const upload = isGone ? undefined : this.#firstAt('asking', 'uploading', 'checking');
    if (upload) {
      upload.fail(errorOf(problem));
      return true;
    }
    // A message matters more than a link: if it was that, the message's echo mends what is said of it.
    if (isGone && this.#sent.size > 0) {
      this.#sent.clear();
      return false;
    }
    // What is there to be read has the right type, size and name.
    const link = isGone || fault === null ? this.#askedLink() : null;
    link?.reject(linkError(problem));
    return link !== null || (isGone && this.#letGo > 0);
  }

  /**
   * The core hears of each, since any error is a sign of life, and logs it; but one that is a file's
   * bears its name, so that no message pays for it.
   */
  #onProblem(event: Extract<GatewayEvent, { type: 'problem' }>): GatewayEvent {
    const { problem } = event;
    if (problem.messageId !== null) {
      this.#failNamed(problem.messageId, problem);
      return event;
    }
    const meant = this.#meantBy(problem);
    if (meant === null) return event;
    this.#failNamed(meant, problem);
    // Everybody waits, and the message on its way is asked about: without a name it is told of both.
    if (problem.kind === 'rate-limited') return event;
    return { ...event, problem: { ...problem, messageId: meant } };
  }

  /**
   * Which file an error without a name is charged to; `null`: to none. It may as well be about a message
   * on its way, and it is never both. A message that was meant is asked about when its echo is overdue, and
   * goes out again by itself; the second refusal finds nothing but it to be meant. A file that was not meant
   * has a button, and a link is pressed again. The other way round a message would be shown as failed, and
   * a file would wait for an answer that has been given.
   */
  #meantBy(problem: GatewayProblem): string | null {
    const upload = this.#firstAt('asking');
    if (upload) return fitsUpload(problem) ? upload.attachmentId : null;
    return fitsReading(problem) ? (this.#askedLink()?.attachmentId ?? null) : null;
  }

  /** The one that was asked for first: requests are answered in their order. */
  #askedLink(): Link | null {
    return [...this.#links.values()].find(({ isAsked }) => isAsked) ?? null;
  }

  #failNamed(attachmentId: string, problem: GatewayProblem): boolean {
    const meant = this.#links.get(attachmentId) ?? this.#running(attachmentId);
    if (!meant) return false;
    if (meant instanceof Upload) meant.fail(errorOf(problem));
    else meant.reject(linkError(problem));
    return true;
  }

  #asError(error: unknown): PartylineError {
    if (error instanceof PartylineError) return error;
    this.#hub.logError('a file was lost', error);
    return lost();
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
