import type { ChatFiles } from '../../../client/chat.ts';
import type { Attachment } from '../../../protocol/content.ts';
import type { Message } from '../../../protocol/message.ts';

/** Addresses live some ten minutes: one that is older than this is asked for anew, in ms. */
const linkLifetime = 9 * 60_000;

/** Addresses of files, asked for anew where those that came with a message have run out. */
export class FreshLinks {
  readonly #files: ChatFiles;
  readonly #onError: (error: unknown) => void;
  readonly #fresh = new Map<string, { readonly url: string; readonly until: number }>();

  constructor(files: ChatFiles, onError: (error: unknown) => void) {
    this.#files = files;
    this.#onError = onError;
  }

  /** What is known best. */
  urlOf({ attachmentId, url }: Attachment): string | null {
    return this.#fresh.get(attachmentId)?.url ?? url;
  }

  /** A press on a file: one that is fresh is opened by the browser itself. */
  async onClick(event: Event, file: Attachment, { timestamp }: Message): Promise<void> {
    const known = this.#fresh.get(file.attachmentId);
    const isFresh =
      (known?.until ?? timestamp + linkLifetime) > Date.now() && (known ?? file).url !== null;
    if (isFresh || file.attachmentId === '') return;
    event.preventDefault();
    const { currentTarget } = event;
    try {
      const url = await this.#fetchUrl(file);
      if (currentTarget instanceof HTMLAnchorElement) currentTarget.href = url;
      open(url);
    } catch (error) {
      this.#onError(error);
    }
  }

  /**
   * A picture whose address has run out is shown from a fresh one, once. What can't be loaded from one
   * that is fresh, since the site's policy forbids it, is hidden.
   */
  async onImageError(
    { currentTarget: picture }: Event,
    file: Attachment,
    { timestamp }: Message,
  ): Promise<void> {
    if (!(picture instanceof HTMLImageElement)) return;
    picture.hidden = true;
    if (timestamp + linkLifetime > Date.now() || this.#fresh.has(file.attachmentId)) return;
    try {
      const url = await this.#fetchUrl(file);
      picture.src = url;
      picture.hidden = false;
    } catch {
      // Its name stands beside it: a press on that asks again, and tells why it fails.
    }
  }

  async #fetchUrl({ attachmentId }: Attachment): Promise<string> {
    const url = await this.#files.link(attachmentId);
    this.#fresh.set(attachmentId, { url, until: Date.now() + linkLifetime });
    return url;
  }
}

/** As the link itself would: no window of ours stays in the hands of what it shows. */
function open(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
  link.click();
}
