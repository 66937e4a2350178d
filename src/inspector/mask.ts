/**
 * Masks the texts that a hub sends to an inspector. A text is replaced by another one of the same length, and
 * equal texts by equal ones, so that comparisons and lengths stay the same in a replay.
 */

/** Keys of ids, times and constants. Texts under all other keys are masked. */
const unmaskedKeys = new Set([
  'type',
  'phase',
  'stage',
  'status',
  'role',
  'code',
  'kind',
  'transport',
  'durability',
  'verdict',
  'meaning',
  'epoch',
  'build',
  'boot',
  'messageId',
  'originatingMessageId',
  'conversationId',
  'attachmentId',
  'tabId',
  'alertedTab',
  'removed',
  'aliases',
  'earlyReceipt',
  'receiptDue',
  'cursor',
  'nextCursor',
  'skillGroups',
  'names',
  'detail',
  'at',
  'queuedSince',
]);

/** The `name` of these is a timer's name. Elsewhere, `name` can be a person's name. */
const timers = new Set<unknown>(['timer', 'set-timer', 'clear-timer']);

type Shape = (text: string, key: string) => string;

/** Copies a value into one that JSON can represent, and maps all other texts with `shape`. */
function copyForJson(value: unknown, shape: Shape, key = ''): unknown {
  switch (typeof value) {
    case 'string':
      return unmaskedKeys.has(key) ? value : shape(value, key);
    case 'number':
      // JSON has no infinite numbers, and a token's expiry can be infinite.
      return Number.isFinite(value) ? value : { $number: String(value) };
    case 'object':
      break;
    default:
      return value;
  }
  if (value === null) return null;
  if (Array.isArray(value)) return value.map((item) => copyForJson(item, shape, key));
  const isTimer = 'type' in value && timers.has(value.type);
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => {
      // The site's configuration contains no personal data.
      if (name === 'settings') return [name, copyForJson(part, (text) => text)];
      if (name === 'attributes') return [name, copyForJson(part, shape, name)];
      // Numbers in a visitor's attributes can be personal data, too.
      if (key === 'attributes' && typeof part === 'number') return [name, 0];
      return [name, isTimer && name === 'name' ? part : copyForJson(part, shape, name)];
    }),
  );
}

/** Reverts what `copyForJson` made of infinite numbers. */
export function reviveNumbers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reviveNumbers);
  if ('$number' in value) return Number(value.$number);
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, reviveNumbers(part)]),
  );
}

/** Blanks all texts, so that values that differ only in their texts become equal. */
export function withoutTexts(value: unknown): unknown {
  return copyForJson(value, (text) => '•'.repeat(text.length));
}

export class Masker {
  readonly #masks = new Map<string, string>();

  /** Masks a value from outside the core. */
  maskInput(value: unknown): unknown {
    return copyForJson(value, (text) => this.#mask(text));
  }

  /** Masks a value from the core. Its own error messages stay, unless the same text came from outside. */
  maskEffects(value: unknown): unknown {
    return copyForJson(value, (text, key) =>
      key === 'message' ? (this.#masks.get(text) ?? text) : this.#mask(text),
    );
  }

  #mask(text: string): string {
    // An empty text is no secret, and whether it is empty matters in a replay.
    if (text.trim() === '') return text;
    const known = this.#masks.get(text);
    if (known !== undefined) return known;
    const mask = String(this.#masks.size + 1).padEnd(text.length, 'x');
    this.#masks.set(text, mask);
    return mask;
  }
}
