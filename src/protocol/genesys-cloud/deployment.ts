import type { Deployment } from '../deployment.ts';
import type { UploadRules } from '../files.ts';
import { z } from '../zod.ts';
import { list, listOf, maybe, number, text, words } from './lenient.ts';

const enabled = maybe(z.object({ enabled: text }));

const configurationSchema = z.object({
  languages: list,
  defaultLanguage: words,
  messenger: maybe(
    z.object({
      fileUpload: maybe(
        z.object({
          enableAttachments: text,
          modes: listOf(z.object({ fileTypes: list, maxFileSizeKB: number })),
        }),
      ),
      apps: maybe(
        z.object({
          conversations: maybe(
            z.object({
              showUserTypingIndicator: text,
              showAgentTypingIndicator: text,
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
  NonNullable<z.infer<typeof configurationSchema>['messenger']>['fileUpload']
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
    tellsTyping: !isFalse(conversations?.showUserTypingIndicator),
    showsTyping: !isFalse(conversations?.showAgentTypingIndicator),
    startsByItself: isTrue(conversations?.autoStart?.enabled),
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
