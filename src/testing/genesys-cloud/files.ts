import { randomUUID } from 'node:crypto';
import type { AgentFile } from '../agents/agent-protocol.ts';
import type { Settings } from '../gateway/options.ts';

/** A file from or for an agent. */
export interface FileContent {
  readonly name: string;
  /** MIME type. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface FileRequest {
  /** @default a new id */
  readonly attachmentId?: string | undefined;
  readonly fileName: string;
  readonly fileType: string;
  readonly fileSize?: number | undefined;
}

interface KeptFile {
  readonly attachmentId: string;
  /** The visitor who owns it; `null` for an agent's file. */
  readonly subject: string | null;
  readonly name: string;
  readonly type: string;
  /** A header value that the upload must have. */
  readonly tag: string;
  bytes: Uint8Array | null;
}

export type PutResult =
  | { readonly ok: false; readonly status: 403 | 404 }
  | { readonly ok: true; readonly subject: string; readonly code: number | null };

const maximumNameLength = 255;

/** The platform's error texts by code. */
const words: Readonly<Record<number, string>> = {
  4000: 'Attachments are not enabled for this deployment.',
  4001: 'The file type is not allowed.',
  4002: 'The file is too large.',
  4003: 'The content of the file is not valid.',
  4004: 'The name of the file is not valid.',
  4005: 'The name of the file is too long.',
  4008: 'The attachment has expired.',
  4009: 'The attachment was not found.',
  4010: 'The attachment was not uploaded.',
  4102: 'The file is empty.',
};

export function fileErrorText(code: number): string {
  return words[code] ?? 'The attachment could not be handled.';
}

/** Files of visitors and agents, in memory, with URLs that expire after some minutes. */
export class SessionFiles {
  readonly #settings: Settings;
  readonly #origin: () => string;
  readonly #files = new Map<string, KeptFile>();
  readonly #byMessage = new Map<string, readonly string[]>();

  /** @param origin origin of the URLs for uploads and downloads */
  constructor(settings: Settings, origin: () => string) {
    this.#settings = settings;
    this.#origin = origin;
  }

  /** The rules for files in a SessionResponse. */
  get rules() {
    const { uploads } = this.#settings;
    if (uploads === false) return { fileTypes: [], maxFileSizeKB: 0 };
    return {
      fileTypes: uploads.mimeTypes.map((type) => ({ type })),
      maxFileSizeKB: Math.ceil(uploads.maximumSize / 1_024),
    };
  }

  /** Creates an upload URL, or returns an error code. */
  ask(subject: string, request: FileRequest): object | number {
    const { attachmentId = randomUUID(), fileName: name, fileType: type, fileSize } = request;
    const { uploads } = this.#settings;
    if (uploads === false) return 4000;
    if (name.toLowerCase().endsWith('.exe') || !accepts(uploads.mimeTypes, type)) return 4001;
    if (name.length > maximumNameLength) return 4005;
    if (/[\\/:*?"<>|]/.test(name)) return 4004;
    if (fileSize === 0) return 4102;
    if (fileSize !== undefined && fileSize > uploads.maximumSize) return 4002;
    const tag = randomUUID();
    this.#files.set(attachmentId, { attachmentId, subject, name, type, tag, bytes: null });
    return {
      attachmentId,
      fileName: name,
      fileType: type,
      url: `${this.#origin()}/uploads/${attachmentId}`,
      headers: { 'x-amz-tagging': tag },
    };
  }

  /** Stores the bytes. Returns an error code if the scan rejects them. */
  put(
    attachmentId: string,
    headers: { readonly tag: string | undefined; readonly type: string | undefined },
    bytes: Uint8Array,
  ): PutResult {
    const { uploads } = this.#settings;
    const file = this.#files.get(attachmentId);
    if (uploads === false || !file || file.subject === null) return { ok: false, status: 404 };
    // Like a signature over the headers of the response and the type of the file. [MT], [BC], [MC] and the
    // official web client send it; whether the platform insists is not documented.
    const isTyped = !uploads.checksType || isSameType(headers.type, file.type);
    if (headers.tag !== file.tag || !isTyped) return { ok: false, status: 403 };
    const { subject } = file;
    if (bytes.length === 0) return { ok: true, subject, code: 4102 };
    if (bytes.length > uploads.maximumSize) return { ok: true, subject, code: 4002 };
    file.bytes = bytes;
    return { ok: true, subject, code: null };
  }

  forget(attachmentId: string): void {
    this.#files.delete(attachmentId);
  }

  /** Adds an agent's file. Returns its id. */
  keep({ name, type, bytes }: FileContent): string {
    const attachmentId = randomUUID();
    this.#files.set(attachmentId, { attachmentId, subject: null, name, type, tag: '', bytes });
    return attachmentId;
  }

  /** The error code if a message can't include these files, otherwise `null`. */
  refusalOf(subject: string, attachmentIds: readonly string[]): number | null {
    for (const attachmentId of attachmentIds) {
      const file = this.#files.get(attachmentId);
      if (file?.subject !== subject) return 4009;
      if (!file.bytes) return 4010;
    }
    return null;
  }

  attach(messageId: string, attachmentIds: readonly string[]): void {
    if (attachmentIds.length > 0) this.#byMessage.set(messageId, attachmentIds);
  }

  /** The attachments of a message, with new URLs. */
  contentOf(messageId: string): readonly object[] {
    return this.#of(messageId).map((file) => ({
      contentType: 'Attachment',
      attachment: {
        id: file.attachmentId,
        url: this.address(file.attachmentId),
        filename: file.name,
        mime: file.type,
        mediaType: file.type.startsWith('image/') ? 'Image' : 'File',
        fileSize: file.bytes?.length ?? 0,
      },
    }));
  }

  /** The attachments of a message, for agents. */
  ofMessage(messageId: string): readonly AgentFile[] {
    return this.#of(messageId).map(({ attachmentId, name, type, bytes }) => ({
      attachmentId,
      name,
      type,
      size: bytes?.length ?? 0,
      url: this.address(attachmentId),
    }));
  }

  /** Creates a download URL, or returns an error code. */
  refresh(attachmentId: string): object | number {
    const file = this.#files.get(attachmentId);
    if (!file) return 4009;
    if (!file.bytes) return 4010;
    return {
      attachmentId,
      fileName: file.name,
      fileType: file.type,
      fileSize: file.bytes.length,
      url: this.address(attachmentId),
      headers: {},
    };
  }

  /** `null` if the URL has expired or is unknown. */
  read(attachmentId: string, until: number): FileContent | null {
    const file = this.#files.get(attachmentId);
    if (!file?.bytes || !(until > this.#settings.clock())) return null;
    return { name: file.name, type: file.type, bytes: file.bytes };
  }

  /** A URL that is valid for some minutes. */
  address(attachmentId: string): string {
    const until = this.#settings.clock() + this.#settings.fileLinkLife * 1_000;
    return `${this.#origin()}/files/${attachmentId}?until=${until}`;
  }

  #of(messageId: string): readonly KeptFile[] {
    const ids = this.#byMessage.get(messageId) ?? [];
    return ids.flatMap((attachmentId) => this.#files.get(attachmentId) ?? []);
  }
}

/** Whether one of the MIME types, such as `image/*`, includes a type. */
function accepts(mimeTypes: readonly string[], type: string): boolean {
  const group = `${type.split('/')[0]}/*`;
  return ['*/*', group, type].some((each) => mimeTypes.includes(each));
}

/** Compares without parameters, such as a charset. */
function isSameType(header: string | undefined, type: string): boolean {
  return header?.split(';')[0]?.trim().toLowerCase() === type.toLowerCase();
}
