import type { FileErrorCode } from './errors.ts';

/**
 * Stages of an upload. `waiting`: for a connection · `asking`: for an upload URL · `uploading`: sending
 * the bytes · `checking`: the gateway scans the file · `sent`: the message with the file is stored and
 * will be sent like any other.
 */
export const fileStages = ['waiting', 'asking', 'uploading', 'checking', 'sent'] as const;
export type FileStage = (typeof fileStages)[number];

export interface FileProgress {
  readonly stage: FileStage;
  /** Whole percent of the bytes sent: 0 before `uploading`, 100 after it. */
  readonly percent: number;
}

/** Metadata of a file. */
export interface NamedFile {
  readonly name: string;
  /** MIME type; empty if the browser does not know it. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
}

/** Calls of a page about files, on the same port as all others. */
export type FileCall =
  /** Returns the `UploadRules`, or `null` if files are not supported. */
  | { readonly type: 'file'; readonly step: 'rules' }
  /** Starts an upload; the message with the file will have this id. */
  | {
      readonly type: 'file';
      readonly step: 'begin';
      readonly messageId: string;
      readonly text: string;
      /** A `File`, with its bytes. */
      readonly file: NamedFile;
    }
  /** Returns the `FileProgress` once it differs from `after`, or after 8 s at most. */
  | {
      readonly type: 'file';
      readonly step: 'wait';
      readonly messageId: string;
      readonly after: FileProgress;
    }
  | { readonly type: 'file'; readonly step: 'cancel'; readonly messageId: string }
  /** Returns a new URL for an uploaded file. */
  | { readonly type: 'file'; readonly step: 'link'; readonly attachmentId: string };

export interface UploadRules {
  /** Allowed MIME types; `*\/*` for any. Empty: no files. */
  readonly mimeTypes: readonly string[];
  /** With the leading dot. */
  readonly blockedExtensions: readonly string[];
  /** Bytes; `null` if unknown. */
  readonly maximumSize: number | null;
}

/** Why a file can't be sent, judging by its metadata; `null` if it can. */
export function fileError(
  { name, type, size }: NamedFile,
  { mimeTypes, blockedExtensions, maximumSize }: UploadRules,
): FileErrorCode | null {
  // Genesys Cloud requires one of every attachment ([SC], from the Guest API's documentation).
  if (!/[^.]\.[^.\s]+$/.test(name)) return 'file-extension';
  const lowerName = name.toLowerCase();
  if (blockedExtensions.some((extension) => lowerName.endsWith(extension.toLowerCase()))) {
    return 'file-type';
  }
  if (!mimeTypes.some((allowed) => matchesType(type.toLowerCase(), allowed.toLowerCase()))) {
    return 'file-type';
  }
  if (size === 0) return 'file-empty';
  return maximumSize !== null && size > maximumSize ? 'file-size' : null;
}

/** The types that both lists allow. */
export function intersectMimeTypes(allowed: readonly string[], other: readonly string[]): string[] {
  const within = (types: readonly string[], others: readonly string[]) =>
    types.filter((type) =>
      others.some((other) => matchesType(type.toLowerCase(), other.toLowerCase())),
    );
  return [...new Set([...within(other, allowed), ...within(allowed, other)])];
}

/** `image/*` matches any image, `*\/*` and `*` match anything, also a file without a type. */
function matchesType(type: string, allowed: string): boolean {
  if (allowed === '*/*' || allowed === '*') return true;
  return allowed.endsWith('/*') ? type.startsWith(allowed.slice(0, -1)) : type === allowed;
}
