/**
 * The text that is parsed. All of its characters are read here, so that a test can count the reads: their
 * number must grow with the length of the text and not faster.
 */
export class Source {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  get length(): number {
    return this.text.length;
  }

  /** A UTF-16 code unit; empty outside of the text. */
  at(index: number): string {
    return this.text[index] ?? '';
  }
}

const word = /[\p{L}\p{N}\p{M}]/u;
/** Scripts that are written without spaces: in them, a link or a mark can stand next to any letter. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Whether a character is part of a word, so that neither a link nor a mark can begin or end next to it. */
export function isWord(character: string): boolean {
  return word.test(character) && !unspaced.test(character);
}

/** Invisible direction marks end a link: they can make a URL look like another one. */
const linkStop = /[\s<>"\u200b-\u200f\u202a-\u202e\u2066-\u2069]/u;

/** Whether a character can't be part of a link; also true outside of the text. */
export function stopsLink(character: string): boolean {
  return character === '' || linkStop.test(character);
}
