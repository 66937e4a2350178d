import { fileStages } from '../../protocol/files.ts';
import {
  discriminatedUnion,
  integer,
  length,
  literal,
  type Read,
  range,
  z,
} from '../../protocol/zod.ts';

const type = literal('file');
const id = z.string().check(length(1, 128));

/** Calls about files, which only the hubs of dialects that have files read. */
export const fileCallSchema = discriminatedUnion('step', {
  rules: z.object({ type, step: literal('rules') }),
  begin: z.object({
    type,
    step: literal('begin'),
    messageId: id,
    text: z.string().check(length(0, 100_000)),
    file: z.custom<File>((value) => value instanceof File, 'must be a File'),
  }),
  wait: z.object({
    type,
    step: literal('wait'),
    messageId: id,
    after: z.object({ stage: z.enum(fileStages), percent: integer.check(range(0, 100)) }),
  }),
  cancel: z.object({ type, step: literal('cancel'), messageId: id }),
  link: z.object({ type, step: literal('link'), attachmentId: z.string().check(length(1, 512)) }),
});
export type FileCall = Read<typeof fileCallSchema>;
