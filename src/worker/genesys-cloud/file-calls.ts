import {
  enum as _enum,
  custom,
  discriminatedUnion,
  gte,
  type infer as Infer,
  int,
  literal,
  lte,
  maxLength,
  minLength,
  object,
  string,
} from 'zod/mini';
import { fileStages } from '../../protocol/files.ts';

const type = literal('file');
const id = string().check(minLength(1), maxLength(128));

/** Calls about files, which only the hubs of dialects that have files read. */
export const fileCallSchema = discriminatedUnion('step', [
  object({ type, step: literal('rules') }),
  object({
    type,
    step: literal('begin'),
    messageId: id,
    text: string().check(maxLength(100_000)),
    file: custom<File>((value) => value instanceof File, 'must be a File'),
  }),
  object({
    type,
    step: literal('wait'),
    messageId: id,
    after: object({ stage: _enum(fileStages), percent: int().check(gte(0), lte(100)) }),
  }),
  object({ type, step: literal('cancel'), messageId: id }),
  object({
    type,
    step: literal('link'),
    attachmentId: string().check(minLength(1), maxLength(512)),
  }),
]);
export type FileCall = Infer<typeof fileCallSchema>;
