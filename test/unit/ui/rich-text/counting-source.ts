import { parseBlocks } from '../../../../src/ui/rich-text/blocks.ts';
import { Source } from '../../../../src/ui/rich-text/source.ts';

class CountingSource extends Source {
  readonly #onRead: () => void;

  constructor(text: string, onRead: () => void) {
    super(text);
    this.#onRead = onRead;
  }

  override at(index: number): string {
    this.#onRead();
    return super.at(index);
  }
}

/** How often the parser reads a character of a text. */
export function readsOf(text: string): number {
  let reads = 0;
  parseBlocks(text, (part) => new CountingSource(part, () => (reads += 1)));
  return reads;
}
