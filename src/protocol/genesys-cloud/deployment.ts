import { type infer as Infer, object } from 'zod/mini';
import type { Deployment } from '../deployment.ts';
import type { UploadRules } from '../files.ts';
import {
  lenientArray,
  lenientArrayOf,
  lenientNumber,
  lenientString,
  nonEmptyString,
  orNull,
} from './lenient.ts';

const enabled = orNull(object({ enabled: lenientString }));

const configurationSchema = object({
  languages: lenientArray,
  defaultLanguage: nonEmptyString,
  messenger: orNull(
    object({
      fileUpload: orNull(
        object({
          enableAttachments: lenientString,
          modes: lenientArrayOf(object({ fileTypes: lenientArray, maxFileSizeKB: lenientNumber })),
        }),
      ),
      apps: orNull(
        object({
          conversations: orNull(
            object({
              showUserTypingIndicator: lenientString,
              showAgentTypingIndicator: lenientString,
              autoStart: enabled,
              conversationClear: enabled,
            }),
          ),
        }),
      ),
    }),
  ),
});
type FileUpload = NonNullable<
  NonNullable<Infer<typeof configurationSchema>['messenger']>['fileUpload']
>;

/** What a deployment's `config.json` says; `null`: it is none. */
export function toDeployment(json: unknown): Deployment | null {
  const read = configurationSchema.safeParse(json);
  if (!read.success) return null;
  const { languages, defaultLanguage, messenger } = read.data;
  const conversations = messenger?.apps?.conversations;
  return {
    languages: texts(languages),
    defaultLanguage,
    // What is not said does not keep anybody from seeing that somebody types.
    sendsTyping: !isFalse(conversations?.showUserTypingIndicator),
    showsTyping: !isFalse(conversations?.showAgentTypingIndicator),
    autoStart: isTrue(conversations?.autoStart?.enabled),
    canClear: isTrue(conversations?.conversationClear?.enabled),
    uploads: messenger?.fileUpload ? toUploads(messenger.fileUpload) : null,
  };
}

/** Where attachments are switched on, a session says which; without the switch, the modes do. */
function toUploads({ enableAttachments, modes }: FileUpload): UploadRules | null {
  if (isTrue(enableAttachments)) return null;
  const sizes = modes.flatMap(({ maxFileSizeKB }) => maxFileSizeKB ?? []);
  return {
    mimeTypes: isFalse(enableAttachments) ? [] : modes.flatMap(({ fileTypes }) => texts(fileTypes)),
    blockedExtensions: [],
    maximumSize: sizes.length > 0 ? Math.max(...sizes) * 1_024 : null,
  };
}

function texts(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string');
}

function isTrue(value: string | null | undefined): boolean {
  return value?.toLowerCase() === 'true';
}

function isFalse(value: string | null | undefined): boolean {
  return value?.toLowerCase() === 'false';
}
