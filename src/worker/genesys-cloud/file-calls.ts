import { fileStages } from '../../protocol/files.ts';
import { between, byWord, integer, only, type Read, sized, z } from '../../protocol/zod.ts';

const type = only('file');
const id = z.string().check(sized(1, 128));

/** Calls about files, which only the hubs of dialects that have files read. */
export const fileCallSchema = byWord('step', {
  rules: z.object({ type, step: only('rules') }),
  begin: z.object({
    type,
    step: only('begin'),
    messageId: id,
    text: z.string().check(sized(0, 100_000)),
    file: z.custom<File>((value) => value instanceof File, 'must be a File'),
  }),
  wait: z.object({
    type,
    step: only('wait'),
    messageId: id,
    after: z.object({ stage: z.enum(fileStages), percent: integer.check(between(0, 100)) }),
  }),
  cancel: z.object({ type, step: only('cancel'), messageId: id }),
  link: z.object({ type, step: only('link'), attachmentId: z.string().check(sized(1, 512)) }),
});
export type FileCall = Read<typeof fileCallSchema>;
