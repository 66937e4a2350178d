import type { ReactiveControllerHost } from 'lit';
import type { Chat, ChatFiles } from '../../../client/chat.ts';
import type { Routing } from '../../../protocol/conversation.ts';
import type { FileProgress } from '../../../protocol/files.ts';
import type { UploadRules } from '../../../protocol/gateway.ts';
import { type DisplayError, toDisplayError } from '../../display-error.ts';
import type { Messages } from '../../messages.ts';
import { sizeText } from '../size-text.ts';
import { FreshLinks } from './fresh-links.ts';
import { attachButton, dropTarget, fileRows } from './view.ts';

/** One that the visitor wants to send, until its message stands in the feed. */
export interface FileRow {
  readonly file: File;
  readonly state:
    | { readonly type: 'sending'; readonly progress: FileProgress; readonly abort: AbortController }
    | { readonly type: 'failed'; readonly reason: string; readonly canRetry: boolean };
}

export interface FilesHost extends ReactiveControllerHost {
  readonly routing: Routing | null;
  readonly texts: Messages;
}

/** What another try of the same file would not change. */
const finalCodes = new Set<DisplayError['code']>([
  'file-type',
  'file-size',
  'file-empty',
  'file-name',
  'file-content',
  'forbidden',
]);

export interface FileEvents {
  /** Something to be read out. */
  readonly onAnnouncement: (line: string) => void;
  /** A link could not be opened. */
  readonly onError: (error: unknown) => void;
  /** The button that had the focus is gone. */
  readonly onRemoved: () => void;
}

/** The files that the visitor chooses, pastes or drops here, each until it is a message. */
export class FilesController {
  rows: readonly FileRow[] = [];
  /** What may be sent; `null`: nothing at the moment, and there is no button. */
  rules: UploadRules | null = null;
  /** Files are held over the panel. */
  isDropping = false;
  readonly links: FreshLinks;
  readonly #host: FilesHost;
  readonly #chat: Chat;
  readonly #files: ChatFiles;
  readonly #events: FileEvents;

  constructor(host: FilesHost, chat: Chat, files: ChatFiles, events: FileEvents) {
    this.#host = host;
    this.#chat = chat;
    this.#files = files;
    this.#events = events;
    this.links = new FreshLinks(files, events.onError);
  }

  /** Above the field. */
  list(): unknown {
    return fileRows(this, this.#host.texts);
  }

  button(): unknown {
    return attachButton(this, this.#host.texts);
  }

  target(): unknown {
    return dropTarget(this, this.#host.texts);
  }

  /** Another chat, or another visitor: nothing of this goes out any more. */
  dispose(): void {
    for (const { state } of this.rows) if (state.type === 'sending') state.abort.abort();
    this.rows = [];
  }

  readonly onChosen = (event: Event): void => {
    const { currentTarget: input } = event;
    if (!(input instanceof HTMLInputElement)) return;
    this.#add(input.files);
    // The same file again is another choice.
    input.value = '';
  };

  /** Returns whether it was files that were pasted. Where there is text too, that is meant. */
  paste(event: ClipboardEvent): boolean {
    const { clipboardData } = event;
    if (!this.rules || !clipboardData || clipboardData.files.length === 0) return false;
    if (clipboardData.types.includes('text/plain')) return false;
    event.preventDefault();
    this.#add(clipboardData.files);
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
    this.#add(event.dataTransfer?.files ?? null);
  };

  #setDropping(isDropping: boolean): void {
    if (isDropping === this.isDropping) return;
    this.isDropping = isDropping;
    this.#host.requestUpdate();
  }

  #add(list: FileList | null): void {
    for (const file of list ?? []) void this.#send(file, null);
  }

  readonly retry = (row: FileRow): void => {
    void this.#send(row.file, row);
  };

  /** Cancels it, or takes what failed away. */
  readonly remove = (row: FileRow): void => {
    if (row.state.type === 'sending') row.state.abort.abort();
    this.#replace(row, null);
    this.#events.onRemoved();
  };

  async #send(file: File, previous: FileRow | null): Promise<void> {
    const { texts } = this.#host;
    const abort = new AbortController();
    let row = this.#replace(previous, sending(file, { stage: 'waiting', percent: 0 }, abort));
    const { signal } = abort;
    try {
      await this.#open();
      signal.throwIfAborted();
      await this.#files.send(file, {
        signal,
        onProgress: (stage, percent) => {
          row = this.#replace(row, sending(file, { stage, percent }, abort));
        },
      });
      this.#replace(row, null);
      this.#events.onAnnouncement(texts.files.sent(file.name));
    } catch (error) {
      // By the visitor, or with them.
      if (signal.aborted) return;
      const displayError = toDisplayError(error);
      const reason = this.#reason(displayError);
      const canRetry = !finalCodes.has(displayError.code);
      this.#replace(row, { file, state: { type: 'failed', reason, canRetry } });
      this.#events.onAnnouncement(this.#host.texts.said(file.name, reason));
    }
  }

  /** A file can be the first thing that is said. */
  async #open(): Promise<void> {
    const { conversation } = this.#chat.getSnapshot();
    if (conversation && conversation.status !== 'ended') return;
    const { routing, texts } = this.#host;
    if (!routing) throw new Error(texts.noRouting);
    await this.#chat.start(routing);
  }

  #reason(displayError: DisplayError): string {
    const { texts } = this.#host;
    // Not of ours, such as a page without routing: its reason are.
    const reason = displayError.code === null ? displayError.message : texts.error(displayError);
    const maximum = this.rules?.maximumSize ?? null;
    if (displayError.code !== 'file-size' || maximum === null) return reason;
    return `${reason} ${texts.files.atMost(sizeText(maximum, texts))}`;
  }

  /** In the same place. A row that was removed meanwhile does not come back. */
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
