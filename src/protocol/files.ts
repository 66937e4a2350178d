import type { FileErrorCode } from './errors.ts';

/**
 * How far a file has come. `waiting`: for a connection · `asking`: for a place to put it · `uploading`:
 * its bytes are on their way · `checking`: they are there, and looked at · `sent`: its message is kept,
 * and goes out as any other.
 */
export const fileStages = ['waiting', 'asking', 'uploading', 'checking', 'sent'] as const;
export type FileStage = (typeof fileStages)[number];

export interface FileProgress {
  readonly stage: FileStage;
  /** How much of it has left, in whole percent: 0 before `uploading`, 100 behind it. */
  readonly percent: number;
}

/** What can be told of a file from outside. */
export interface NamedFile {
  readonly name: string;
  /** MIME; empty where the browser knows none. */
  readonly type: string;
  /** Bytes. */
  readonly size: number;
}

/** What a page may ask about files, on the port beside its other calls. */
export type FileCall =
  /** Answered with `UploadRules`, or `null`: no files. */
  | { readonly type: 'file'; readonly step: 'rules' }
  /** Takes a file in; its message will have that id. */
  | {
      readonly type: 'file';
      readonly step: 'begin';
      readonly messageId: string;
      readonly text: string;
      /** A `File`, with its bytes. */
      readonly file: NamedFile;
    }
  /** Answered with its `FileProgress`, as soon as it is another, or within 8 s as it is. */
  | {
      readonly type: 'file';
      readonly step: 'wait';
      readonly messageId: string;
      readonly after: FileProgress;
    }
  | { readonly type: 'file'; readonly step: 'cancel'; readonly messageId: string }
  /** Answered with a fresh address of something that is there. */
  | { readonly type: 'file'; readonly step: 'link'; readonly attachmentId: string };

export interface UploadRules {
  /** MIME types; `*\/*` for any. Empty: no files. */
  readonly mimeTypes: readonly string[];
  /** With their dot. */
  readonly blockedExtensions: readonly string[];
  /** Bytes; `null` when it is not told. */
  readonly maximumSize: number | null;
}

/** Why a file can't be sent as it is; `null`: it can, as far as can be told from outside. */
export function faultOf(
  { name, type, size }: NamedFile,
  { mimeTypes, blockedExtensions, maximumSize }: UploadRules,
): FileErrorCode | null {
  const lowerName = name.toLowerCase();
  if (blockedExtensions.some((extension) => lowerName.endsWith(extension.toLowerCase()))) {
    return 'file-type';
  }
  if (!mimeTypes.some((allowed) => fits(type.toLowerCase(), allowed.toLowerCase()))) {
    return 'file-type';
  }
  if (size === 0) return 'file-empty';
  return maximumSize !== null && size > maximumSize ? 'file-size' : null;
}

/** Types that both lists allow. */
export function narrowed(allowed: readonly string[], wanted: readonly string[]): string[] {
  const within = (types: readonly string[], others: readonly string[]) =>
    types.filter((type) => others.some((other) => fits(type.toLowerCase(), other.toLowerCase())));
  return [...new Set([...within(wanted, allowed), ...within(allowed, wanted)])];
}

/** `image/*` is any picture, `*\/*` and `*` anything; a browser knows no type of some files. */
function fits(type: string, allowed: string): boolean {
  if (allowed === '*/*' || allowed === '*') return true;
  return allowed.endsWith('/*') ? type.startsWith(allowed.slice(0, -1)) : type === allowed;
}
