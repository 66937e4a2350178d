import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod/mini';
import { reviveNumbers, withoutTexts } from '../../src/inspector/mask.ts';
import { type Recording, recordingSchema, recordingVersion } from '../../src/inspector/protocol.ts';
import { describeIssue } from '../../src/protocol/errors.ts';
import type { Input } from '../../src/worker/core/input.ts';
import type { HubState } from '../../src/worker/core/state.ts';
import { step } from '../../src/worker/core/step.ts';
import { sessionPolicy } from '../../src/worker/genesys-cloud/core/session-policy.ts';

/** A recording that can't be replayed; the message says why. */
export class UnreadableRecording extends Error {}

export interface Replayed {
  readonly steps: number;
  /** The first step whose effects differ from the recorded ones, or `null`. */
  readonly difference: { readonly number: number; readonly lines: readonly string[] } | null;
  /** The input and effects of each step, oldest first. */
  readonly log: readonly string[];
}

// A core has written it, so only its keys are checked; a wrong value shows in the replay.
const stateSchema = z.custom<HubState>(
  (value) =>
    ['settings', 'timers', 'connection', 'outbox', 'window', 'tabs'].every(
      (key) => key in Object(value),
    ),
  'is no state of a hub',
);
const inputSchema = z.custom<Input>((value) => typeof Object(value).type === 'string');

/** @throws {UnreadableRecording} */
export function readRecording(text: string): Recording {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UnreadableRecording(
      `This is no JSON: ${error instanceof Error ? error.message : error}`,
    );
  }
  const parsed = recordingSchema.safeParse(value);
  if (!parsed.success) {
    throw new UnreadableRecording(`This is no recording: ${describeIssue(parsed.error)}`);
  }
  const { data } = parsed;
  if (data.version !== recordingVersion) {
    throw new UnreadableRecording(
      `This recording is of format ${data.version}, and only ${recordingVersion} can be read.`,
    );
  }
  return data;
}

/**
 * Repeats the recorded steps. Texts are masked, so the core's own texts are compared by
 * their length.
 *
 * @throws {UnreadableRecording} when it does not begin with a hub's state
 */
export function replay({ start, steps, isSession }: Recording): Replayed {
  const parsed = stateSchema.safeParse(reviveNumbers(start));
  if (!parsed.success) throw new UnreadableRecording(describeIssue(parsed.error));
  let state = parsed.data;
  const log: string[] = [];
  for (const { number, now, wall, input, effects } of steps) {
    const taken = inputSchema.parse(reviveNumbers(input));
    const made = step(state, taken, { now, wall }, isSession ? sessionPolicy : null);
    state = made.state;
    const lines = made.effects.map((effect) => JSON.stringify(effect));
    log.push(
      `${(now / 1_000).toFixed(3).padStart(9)} #${number} ${JSON.stringify(input)} → ${lines.join(', ')}`,
    );
    const is: unknown = JSON.parse(JSON.stringify(withoutTexts(made.effects)));
    const was: unknown = JSON.parse(JSON.stringify(withoutTexts(reviveNumbers(effects))));
    if (!isDeepStrictEqual(is, was)) {
      const recorded = effects.map((effect) => JSON.stringify(effect));
      const difference = [
        `#${number} ${JSON.stringify(input)}`,
        `recorded: ${recorded.join(', ')}`,
        `now:      ${lines.join(', ')}`,
      ];
      return { steps: log.length, difference: { number, lines: difference }, log };
    }
  }
  return { steps: log.length, difference: null, log };
}

/** Returns the exit code. */
export async function replayFile(path: string, lines: number): Promise<number> {
  try {
    const recording = readRecording(await readFile(path, 'utf8'));
    const { steps, difference, log } = replay(recording);
    console.log(log.slice(-lines).join('\n'));
    console.log(`\nRecorded by build ${recording.build}.`);
    if (!difference) {
      console.log(`\n${steps} steps went as they were recorded.`);
      return 0;
    }
    console.log(`\nStep ${difference.number} went otherwise:\n${difference.lines.join('\n')}`);
    return 1;
  } catch (error) {
    const isForReader =
      error instanceof UnreadableRecording || (error instanceof Error && 'code' in error);
    if (!isForReader) throw error;
    console.error(error.message);
    return 2;
  }
}
