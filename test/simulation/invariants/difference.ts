import type { Message } from '../../../src/protocol/message.ts';

/** What changed between two lists of rows, where a row that did not change is the same object. */
export interface Difference {
  /** Rows of `before` that are removed or changed. */
  readonly gone: readonly Message[];
  /** The index of the first row of `gone`. */
  readonly goneFrom: number;
  /** Rows of `after` from here up to `to`, exclusive, are new or changed. */
  readonly from: number;
  readonly to: number;
}

/** Linear, comparing references only. */
export function differenceOf(before: readonly Message[], after: readonly Message[]): Difference {
  // A full window drops its oldest rows.
  const [first] = after;
  const dropped = first === undefined ? before.length : Math.max(0, before.indexOf(first));
  let from = 0;
  while (from < after.length && after[from] === before[from + dropped]) from += 1;
  let to = after.length;
  let end = before.length;
  while (to > from && end > from + dropped && after[to - 1] === before[end - 1]) {
    to -= 1;
    end -= 1;
  }
  const changed = before.slice(from + dropped, end);
  if (dropped === 0) return { gone: changed, goneFrom: from, from, to };
  return { gone: [...before.slice(0, dropped), ...changed], goneFrom: 0, from, to };
}
