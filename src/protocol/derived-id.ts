/**
 * Ids of messages that a gateway sends without one, as in the guide's samples. The same message has the
 * same id, live and from the history.
 */

const derivedPrefix = 'derived:';
const undatedPrefix = `${derivedPrefix}undated:`;

export interface Unidentified {
  readonly conversationId: string;
  readonly senderId: string;
  /** Epoch ms: the message's own time, or that of its arrival. */
  readonly timestamp: number;
  /** Whether the timestamp is that of the arrival, since the message has none. */
  readonly isUndated: boolean;
  readonly text: string;
}

export function derivedId(message: Unidentified): string {
  const { conversationId, senderId, timestamp, isUndated, text } = message;
  const prefix = isUndated ? undatedPrefix : derivedPrefix;
  return prefix + hash(JSON.stringify([conversationId, senderId, timestamp, text]));
}

/** Whether partyline has made this id, so that it means nothing to the gateway. */
export function isDerivedId(id: string): boolean {
  return id.startsWith(derivedPrefix);
}

/** Whether it stands for a message without a time, which another copy of it may have. */
export function isUndatedId(id: string): boolean {
  return id.startsWith(undatedPrefix);
}

/**
 * 128 bits in hexadecimal digits, in four lanes as of MurmurHash3, which differ in their multipliers. Not
 * for secrets: the Web Crypto API's hashes are asynchronous, and the core is not.
 */
function hash(text: string): string {
  const lanes = [0x9e3779b9, 0x85ebca6b, 0xc2b2ae35, 0x27d4eb2f].map((seed) => lane(text, seed));
  return lanes.map((value) => value.toString(16).padStart(8, '0')).join('');
}

function lane(text: string, seed: number): number {
  let value = seed ^ text.length;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), seed | 1);
    value = (value << 13) | (value >>> 19);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}
