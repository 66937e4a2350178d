import { hasVisitorChanged } from '../../protocol/epoch.ts';

/** The maximum number of own drafts that can be on their way to the hub and back. */
const maximumEchoes = 64;

/**
 * Distinguishes echoes of this tab's own draft from another tab's changes. Echoes are late: when 'hel' comes
 * back from the hub, the visitor has already typed 'hello', and 'hel' must not replace it.
 */
export class SharedDraft {
  #echoes: string[] = [];
  /** This tab's last non-empty text, sent or not. */
  #text = '';
  #seen: string | null = null;
  #epoch: string | null = null;

  /** Whether the hub's draft is another visitor's than the last one that was received. */
  isOtherGenerations(epoch: string): boolean {
    return this.#epoch !== null && hasVisitorChanged(this.#epoch, epoch);
  }

  /** The text was sent. The hub then clears the draft, which must count as an echo. */
  sent(): void {
    this.record('');
  }

  /** This tab has written a draft. */
  record(draft: string): void {
    this.#text = draft || this.#text;
    if (draft === this.#echoes.at(-1)) return;
    this.#echoes.push(draft);
    if (this.#echoes.length > maximumEchoes) this.#echoes.shift();
  }

  /**
   * Receives the hub's current draft.
   *
   * @param value the textbox's value
   * @param isBusy whether the textbox has the focus
   * @returns whether to keep the textbox's value, replace it with the hub's draft, or write it to the hub again
   */
  receive(
    draft: string,
    epoch: string,
    value: string,
    isBusy: boolean,
  ): 'keep' | 'replace' | 'write-again' {
    const before = this.#epoch;
    const isNewHub = before !== null && before !== epoch;
    this.#epoch = epoch;
    if (before !== null && hasVisitorChanged(before, epoch)) {
      // The next visitor must not see the previous visitor's draft.
      this.#echoes = [];
      this.#text = '';
      this.#seen = draft;
      return 'replace';
    }
    if (isNewHub) {
      // Drafts that the old hub hadn't stored exist only in the textboxes. Drafts written while there was
      // no hub are on their way to the new one, so their echoes are still expected.
      this.#seen = draft;
      if (value === draft) return 'keep';
      // The new hub may also have restored an early draft of a text that this tab has sent since.
      return value === '' && !this.#text.startsWith(draft) ? 'replace' : 'write-again';
    }
    if (draft === this.#seen) return 'keep';
    this.#seen = draft;
    const echo = this.#echoes.lastIndexOf(draft);
    if (echo >= 0) {
      this.#echoes.splice(0, echo + 1);
      return 'keep';
    }
    // This tab's draft is still on its way and is the newer one.
    if (isBusy && this.#echoes.length > 0) return 'keep';
    this.#echoes = [];
    this.#text = '';
    return draft === value ? 'keep' : 'replace';
  }
}
