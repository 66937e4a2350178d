import type { ReactiveControllerHost } from 'lit';
import type { Chat, ChatFiles } from '../../../client/chat.ts';
import type { Routing } from '../../../protocol/conversation.ts';
import type { FileProgress, UploadRules } from '../../../protocol/files.ts';
import { type DisplayError, toDisplayError } from '../../display-error.ts';
import type { Messages } from '../../messages.ts';
import { sizeText } from '../size-text.ts';
import { FreshLinks } from './fresh-links.ts';
import { attachButton, dropTarget, fileRows } from './view.ts';

/** A file on its way, until its message is in the feed. */
export interface FileRow {
  readonly file: File;
  readonly state: /** Files before it are being sent. */
    | { readonly type: 'queued'; readonly abort: AbortController }
    | { readonly type: 'sending'; readonly progress: FileProgress; readonly abort: AbortController }
    | { readonly type: 'failed'; readonly reason: string; readonly canRetry: boolean };
}

export interface FilesHost extends ReactiveControllerHost {
  readonly routing: Routing | null;
  readonly texts: Messages;
}

/** Errors that retrying the same file can't fix. */
const finalCodes = new Set<DisplayError['code']>([
  'file-type',
  'file-size',
  'file-empty',
  'file-name',
  'file-extension',
  'file-content',
  'forbidden',
]);

export interface FileEvents {
  /** Called with a text for screen readers. */
  readonly onAnnouncement: (line: string) => void;
  /** Called when a file can't be opened. */
  readonly onError: (error: unknown) => void;
  /** Called when a row, and possibly the focus with it, was removed. */
  readonly onRemoved: () => void;
}

/** Sends the files that the visitor chooses, pastes or drops. */
export class FilesController {
  rows: readonly FileRow[] = [];
  /** The gateway's rules for uploads; `null` if none are accepted now, and the button is hidden. */
  rules: UploadRules | null = null;
  /** Whether files are dragged over the panel. */
  isDropping = false;
  readonly links: FreshLinks;
  readonly #host: FilesHost;
  readonly #chat: Chat;
  readonly #files: ChatFiles;
  readonly #events: FileEvents;
  /** Settles when no file is being sent. */
  #last: Promise<void> = Promise.resolve();

  constructor(host: FilesHost, chat: Chat, files: ChatFiles, events: FileEvents) {
    this.#host = host;
    this.#chat = chat;
    this.#files = files;
    this.#events = events;
    this.links = new FreshLinks(files, events.onError);
  }

  /** Renders the files above the textbox. */
  list(): unknown {
    return fileRows(this, this.#host.texts);
  }

  button(): unknown {
    return attachButton(this, this.#host.texts);
  }

  target(): unknown {
    return dropTarget(this, this.#host.texts);
  }

  /** Cancels all uploads. Called when the chat or the visitor changes. */
  dispose(): void {
    for (const { state } of this.rows) if (state.type !== 'failed') state.abort.abort();
    this.rows = [];
  }

  readonly onChosen = (event: Event): void => {
    const { currentTarget: input } = event;
    if (!(input instanceof HTMLInputElement)) return;
    this.add(input.files);
    // Otherwise choosing the same file again would fire no `change` event.
    input.value = '';
  };

  /** Returns whether files were pasted. If the clipboard also has text, the text is pasted instead. */
  paste(event: ClipboardEvent): boolean {
    const { clipboardData } = event;
    if (!this.rules || !clipboardData || clipboardData.files.length === 0) return false;
    if (clipboardData.types.includes('text/plain')) return false;
    event.preventDefault();
    this.add(clipboardData.files);
    return true;
  }

  readonly onDrag = (event: DragEvent): void => {
    if (!this.rules || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    this.#setDropping(true);
  };

  readonly onDragLeave = (event: DragEvent): void => {
    const { currentTarget, relatedTarget } = event;
    const isInside =
      currentTarget instanceof Node &&
      relatedTarget instanceof Node &&
      currentTarget.contains(relatedTarget);
    if (!isInside) this.#setDropping(false);
  };

  readonly onDrop = (event: DragEvent): void => {
    if (!this.isDropping) return;
    event.preventDefault();
    this.#setDropping(false);
    this.add(event.dataTransfer?.files ?? null);
  };

  #setDropping(isDropping: boolean): void {
    if (isDropping === this.isDropping) return;
    this.isDropping = isDropping;
    this.#host.requestUpdate();
  }

  /** Sends files, after those that are on their way. */
  add(list: Iterable<File> | null): void {
    for (const file of list ?? []) this.#enqueue(file, null);
  }

  readonly retry = (row: FileRow): void => {
    this.#enqueue(row.file, row);
  };

  /** Sends it after those before it, so that files arrive in the order in which they were chosen. */
  #enqueue(file: File, previous: FileRow | null): void {
    const abort = new AbortController();
    const row = this.#replace(previous, { file, state: { type: 'queued', abort } });
    this.#last = this.#last.then(() => this.#send(row, abort));
  }

  /** Cancels the upload, or removes a failed one. */
  readonly remove = (row: FileRow): void => {
    if (row.state.type !== 'failed') row.state.abort.abort();
    this.#replace(row, null);
    this.#events.onRemoved();
  };

  /** Never rejects. */
  async #send(waiting: FileRow, abort: AbortController): Promise<void> {
    const { texts } = this.#host;
    const { file } = waiting;
    const { signal } = abort;
    if (signal.aborted) return;
    let row = this.#replace(waiting, sending(file, { stage: 'waiting', percent: 0 }, abort));
    try {
      const isOpen = await this.#open();
      signal.throwIfAborted();
      if (!isOpen) {
        this.#fail(row, this.#host.texts.noRouting, true);
        return;
      }
      await this.#files.send(file, {
        signal,
        onProgress: (stage, percent) => {
          row = this.#replace(row, sending(file, { stage, percent }, abort));
        },
      });
      this.#replace(row, null);
      this.#events.onAnnouncement(texts.files.sent(file.name));
    } catch (error) {
      // Canceled by the visitor, or disposed.
      if (signal.aborted) return;
      const displayError = toDisplayError(error);
      this.#fail(row, this.#errorText(displayError), !finalCodes.has(displayError.code));
    }
  }

  #fail(row: FileRow, reason: string, canRetry: boolean): void {
    const { file } = row;
    this.#replace(row, { file, state: { type: 'failed', reason, canRetry } });
    this.#events.onAnnouncement(this.#host.texts.announcement(file.name, reason));
  }

  /** Starts a conversation if none is open. Resolves with `false` if the page has no routing. */
  async #open(): Promise<boolean> {
    const { conversation } = this.#chat.getSnapshot();
    if (conversation && conversation.status !== 'ended') return true;
    const { routing } = this.#host;
    if (!routing) return false;
    await this.#chat.start(routing);
    return true;
  }

  #errorText(displayError: DisplayError): string {
    const { texts } = this.#host;
    const reason = texts.error(displayError);
    const maximum = this.rules?.maximumSize ?? null;
    if (displayError.code !== 'file-size' || maximum === null) return reason;
    return `${reason} ${texts.files.atMost(sizeText(maximum, texts))}`;
  }

  /** Replaces a row in place. A row that was removed in the meantime stays removed. */
  #replace(before: FileRow | null, after: FileRow): FileRow;
  #replace(before: FileRow | null, after: null): null;
  #replace(before: FileRow | null, after: FileRow | null): FileRow | null {
    const added = after ? [after] : [];
    this.rows = before
      ? this.rows.flatMap((row) => (row === before ? added : [row]))
      : [...this.rows, ...added];
    this.#host.requestUpdate();
    return after;
  }
}

function sending(file: File, progress: FileProgress, abort: AbortController): FileRow {
  return { file, state: { type: 'sending', progress, abort } };
}
