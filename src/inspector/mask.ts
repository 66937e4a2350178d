/**
 * What leaves a hub for an inspector has no word that somebody wrote. A text becomes another one of the
 * same length, the same one each time, so that whatever compares or measures texts finds the same.
 */

/** Under these names stand words of the program's own, ids, and times. Every other text is somebody's. */
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

/** These are named, where others bear people's names. */
const timers = new Set<unknown>(['timer', 'set-timer', 'clear-timer']);

type Shape = (text: string, key: string) => string;

/** A copy that JSON can hold, each foreign text through `shape`. */
function copyForJson(value: unknown, shape: Shape, key = ''): unknown {
  switch (typeof value) {
    case 'string':
      return unmaskedKeys.has(key) ? value : shape(value, key);
    case 'number':
      // JSON has no infinite numbers, and a token may live for ever.
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
      // The site's own policies and limits, with nobody's words among them.
      if (name === 'settings') return [name, copyForJson(part, (text) => text)];
      if (name === 'attributes') return [name, copyForJson(part, shape, name)];
      // What a site says of a visitor may be a number, too.
      if (key === 'attributes' && typeof part === 'number') return [name, 0];
      return [name, isTimer && name === 'name' ? part : copyForJson(part, shape, name)];
    }),
  );
}

/** What `copied` made of a number that JSON can't hold is that number again. */
export function reviveNumbers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reviveNumbers);
  if ('$number' in value) return Number(value.$number);
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, reviveNumbers(part)]),
  );
}

/** Two values with the same of these differ in nothing but the words that people wrote. */
export function withoutTexts(value: unknown): unknown {
  return copyForJson(value, (text) => '•'.repeat(text.length));
}

export class Masker {
  readonly #masks = new Map<string, string>();

  /** For what comes from outside the core. */
  maskInput(value: unknown): unknown {
    return copyForJson(value, (text) => this.#mask(text));
  }

  /** For what the core says: its own sentences stay, as long as they are nobody else's, too. */
  maskEffects(value: unknown): unknown {
    return copyForJson(value, (text, key) =>
      key === 'message' ? (this.#masks.get(text) ?? text) : this.#mask(text),
    );
  }

  #mask(text: string): string {
    // An empty draft is no secret, and an empty message is refused.
    if (text.trim() === '') return text;
    const known = this.#masks.get(text);
    if (known !== undefined) return known;
    const mask = String(this.#masks.size + 1).padEnd(text.length, 'x');
    this.#masks.set(text, mask);
    return mask;
  }
}
