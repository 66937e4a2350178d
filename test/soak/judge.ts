import { isDeepStrictEqual } from 'node:util';

/** How many messages a tab shows at least, once there are that many. */
const windowLength = 50;

export interface SoakRun {
  /** Messages that the visitor has sent: `visitor 0` and so on. */
  readonly typed: number;
  /** The agent's: `agent 0` and so on, and then `the end`. */
  readonly said: number;
  /** The gateway's transcript. */
  readonly texts: readonly string[];
  /** What each tab shows. */
  readonly shown: readonly (readonly string[])[];
  /** How many faults there were. */
  readonly faults: number;
}

/** What a run has lost, doubled, shown out of order, or not put to the test. */
export function problemsOf({ typed, said, texts, shown, faults }: SoakRun): string[] {
  const problems: string[] = [];
  for (const [who, count] of Object.entries({ visitor: typed, agent: said })) {
    const expected = Array.from({ length: count }, (_, index) => `${who} ${index}`);
    const those = texts.filter((text) => text.startsWith(who));
    if (!isDeepStrictEqual(those, expected))
      problems.push(`the ${who}’s messages: ${those.join()}`);
  }
  if (shown.length === 0) problems.push('no tab was looked at');
  for (const [tab, those] of shown.entries()) {
    const expected = texts.slice(-Math.max(those.length, windowLength));
    if (!isDeepStrictEqual(those, expected)) problems.push(`tab ${tab} shows ${those.join()}`);
  }
  if (faults === 0) problems.push('nothing went wrong');
  return problems;
}

/** @throws {RangeError} when it is no number above 0: no minute of faults would test nothing */
export function numberFrom(name: string, otherwise: number): number {
  const value = Number(process.env[name] ?? otherwise);
  if (value > 0) return value;
  throw new RangeError(`${name} must be a number above 0`);
}
