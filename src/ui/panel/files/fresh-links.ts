import type { ChatFiles } from '../../../client/chat.ts';
import type { Attachment } from '../../../protocol/content.ts';
import type { Message } from '../../../protocol/message.ts';

/** Download URLs expire after about ten minutes. They are refreshed after this time, in ms. */
const linkLifetime = 9 * 60_000;

/** Refreshes the download URLs of files when those in the messages have expired. */
export class FreshLinks {
  readonly #files: ChatFiles;
  readonly #onError: (error: unknown) => void;
  readonly #fresh = new Map<string, { readonly url: string; readonly until: number }>();

  constructor(files: ChatFiles, onError: (error: unknown) => void) {
    this.#files = files;
    this.#onError = onError;
  }

  /** The newest known URL. */
  urlOf({ attachmentId, url }: Attachment): string | null {
    return this.#fresh.get(attachmentId)?.url ?? url;
  }

  /** Fetches a new URL if the current one has expired. Otherwise the browser follows the link. */
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
   * Reloads an image from a new URL, once, if its URL has expired. Otherwise hides it, for example if the
   * site's CSP blocks it.
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
      // The file's name stays. Clicking it tries again and shows the error.
    }
  }

  async #fetchUrl({ attachmentId }: Attachment): Promise<string> {
    const url = await this.#files.link(attachmentId);
    this.#fresh.set(attachmentId, { url, until: Date.now() + linkLifetime });
    return url;
  }
}

/** Opens a URL as the link would: without `opener`, which would expose this page. */
function open(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.target = '_blank';
  link.rel = 'noopener noreferrer nofollow';
  link.click();
}
