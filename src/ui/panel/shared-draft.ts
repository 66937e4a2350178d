import { isAnotherVisitor } from '../../protocol/epoch.ts';

/** So many of our own drafts may be on their way to the hub and back. */
const maximumEchoes = 64;

/**
 * Tells our own draft, coming back from the hub, from what another tab wrote. Echoes are late: while
 * 'hel' comes back, the visitor is at 'hello', and 'hel' must not be put into the textbox.
 */
export class SharedDraft {
  #echoes: string[] = [];
  /** The last text of this tab's, sent or not. */
  #text = '';
  #seen: string | null = null;
  #epoch: string | null = null;

  /** The hub clears the draft with the message that it became; that is no news from another tab. */
  sent(): void {
    this.wrote('');
  }

  /** This tab has written that draft. */
  wrote(draft: string): void {
    this.#text = draft || this.#text;
    if (draft === this.#echoes.at(-1)) return;
    this.#echoes.push(draft);
    if (this.#echoes.length > maximumEchoes) this.#echoes.shift();
  }

  /**
   * The draft as the hub has it now.
   * @param value what stands in the textbox @param isBusy whether somebody writes there
   * @returns what to do about it
   */
  receive(
    draft: string,
    epoch: string,
    value: string,
    isBusy: boolean,
  ): 'keep' | 'take' | 'write-again' {
    const before = this.#epoch;
    const isNewHub = before !== null && before !== epoch;
    this.#epoch = epoch;
    if (before !== null && isAnotherVisitor(before, epoch)) {
      // What the former visitor wrote is not for the next one to see.
      this.#echoes = [];
      this.#seen = draft;
      return 'take';
    }
    if (isNewHub) {
      // What the old hub had not written down is in the textboxes alone. What was written while there
      // was none is on its way to this one, and will come back: those echoes stay.
      this.#seen = draft;
      if (value === draft) return 'keep';
      // Nor must what was sent from here come back, which it had written down while it was typed.
      return value === '' && !this.#text.startsWith(draft) ? 'take' : 'write-again';
    }
    if (draft === this.#seen) return 'keep';
    this.#seen = draft;
    const echo = this.#echoes.lastIndexOf(draft);
    if (echo >= 0) {
      this.#echoes.splice(0, echo + 1);
      return 'keep';
    }
    // Ours is still under way and will be the later one.
    if (isBusy && this.#echoes.length > 0) return 'keep';
    this.#echoes = [];
    this.#text = '';
    return draft === value ? 'keep' : 'take';
  }
}
