import { describe, expect, it } from 'vitest';
import { fileCallSchema } from '../../../src/worker/genesys-cloud/file-calls.ts';

const type = 'file';
const file = new File(['a'], 'a.txt');
const begin = { type, step: 'begin', messageId: 'm', text: '', file };
const wait = { type, step: 'wait', messageId: 'm', after: { stage: 'asking', percent: 0 } };

const fits = (call: unknown) => fileCallSchema.safeParse(call).success;

describe('a call about files', () => {
  it.each([
    { type, step: 'rules' },
    begin,
    { ...begin, messageId: 'm'.repeat(128), text: 'x'.repeat(100_000) },
    wait,
    ...['waiting', 'asking', 'uploading', 'checking', 'sent'].map((stage) => ({
      ...wait,
      after: { stage, percent: 100 },
    })),
    { type, step: 'cancel', messageId: 'm' },
    { type, step: 'link', attachmentId: 'a'.repeat(512) },
  ])('is taken in ($step)', (call) => {
    expect(fits(call)).toBe(true);
  });

  it.each([
    { type, step: 'dance' },
    { type: 'platform', step: 'rules' },
    { ...begin, messageId: '' },
    { ...begin, messageId: 'm'.repeat(129) },
    { ...begin, messageId: 7 },
    { ...begin, text: 'x'.repeat(100_001) },
    { ...begin, file: new Blob(['a']) },
    { ...begin, file: { name: 'a.txt', type: '', size: 1 } },
    { ...wait, after: { stage: 'lost', percent: 0 } },
    { ...wait, after: { stage: 'asking', percent: -1 } },
    { ...wait, after: { stage: 'asking', percent: 101 } },
    { ...wait, after: { stage: 'asking', percent: 0.5 } },
    { ...wait, type: 'x' },
    { type, step: 'cancel', messageId: '' },
    { type, step: 'link', attachmentId: '' },
    { type, step: 'link', attachmentId: 'a'.repeat(513) },
  ])('is refused when it is misshapen ($step)', (call) => {
    expect(fits(call)).toBe(false);
  });
});
