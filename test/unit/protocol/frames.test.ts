import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { genesysCloud } from '../../../src/protocol/genesys-cloud/index.ts';

const lineSchema = z.object({
  name: z.string(),
  frame: z.record(z.string(), z.unknown()),
  /** All that is to be understood of it, but for words that are for people. */
  events: z.array(z.record(z.string(), z.unknown())),
});

/** A frame a line, in every shape that the platform's public clients, their tests and the docs know. */
const lines = readFileSync(new URL('./frames.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => lineSchema.parse(JSON.parse(line)));

const { decode } = genesysCloud({ deploymentId: 'd', region: 'eu-west-1' });

describe('a frame of the platform', () => {
  it.each(lines)('is understood ($name)', ({ events, frame }) => {
    expect(withoutWords(decode(JSON.stringify(frame)))).toEqual(events);
  });

  it.each(lines)('is read without a fault when half of it is gone ($name)', ({ frame }) => {
    const text = JSON.stringify(frame);
    expect(() => decode(text.slice(0, text.length / 2))).not.toThrow();
    // And with each of its values missing or of another type.
    for (const value of [null, 7, 'x', [], {}, true]) {
      for (const broken of variantsOf(frame, value)) {
        expect(() => decode(JSON.stringify(broken))).not.toThrow();
      }
    }
  });
});

function withoutWords(value: unknown): unknown {
  const text = JSON.stringify(value, (key, part: unknown) =>
    (key === 'what' || key === 'message') && typeof part === 'string' ? undefined : part,
  );
  return JSON.parse(text);
}

/** The same with one value after the other replaced. */
function* variantsOf(value: unknown, other: unknown): Generator {
  if (Array.isArray(value)) {
    for (const [index, part] of value.entries()) {
      yield value.with(index, other);
      for (const variant of variantsOf(part, other)) yield value.with(index, variant);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) {
      yield { ...value, [key]: other };
      for (const variant of variantsOf(part, other)) yield { ...value, [key]: variant };
    }
  }
}
