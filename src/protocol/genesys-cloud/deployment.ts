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
  // [MT] reads it from there, too.
  auth: orNull(object({ allowSessionUpgrade: lenientString })),
  status: nonEmptyString,
  messenger: orNull(
    object({
      enabled: lenientString,
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
              conversationDisconnect: orNull(
                object({ enabled: lenientString, type: nonEmptyString }),
              ),
              // [MT] reads it from there, too.
              markdown: enabled,
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

/** Reads a deployment's `config.json`; `null` if it is invalid. */
export function toDeployment(json: unknown): Deployment | null {
  const parsed = configurationSchema.safeParse(json);
  if (!parsed.success) return null;
  const { languages, defaultLanguage, status, messenger, auth } = parsed.data;
  const conversations = messenger?.apps?.conversations;
  return {
    languages: strings(languages),
    defaultLanguage,
    // Typing indicators are shown unless the deployment turns them off.
    sendsTyping: !isFalse(conversations?.showUserTypingIndicator),
    showsTyping: !isFalse(conversations?.showAgentTypingIndicator),
    autoStart: isTrue(conversations?.autoStart?.enabled),
    canClear: isTrue(conversations?.conversationClear?.enabled),
    usesMarkdown: isTrue(conversations?.markdown?.enabled),
    allowsUpgrade: isTrue(auth?.allowSessionUpgrade),
    isActive: (status ?? 'Active').toLowerCase() === 'active',
    isMessengerEnabled: !isFalse(messenger?.enabled),
    disconnect: disconnectOf(conversations?.conversationDisconnect),
    uploads: messenger?.fileUpload ? toUploads(messenger.fileUpload) : null,
  };
}

function disconnectOf(
  setting: { readonly enabled: string | null; readonly type: string | null } | null | undefined,
): Deployment['disconnect'] {
  if (!isTrue(setting?.enabled)) return 'none';
  return setting?.type?.toLowerCase() === 'readonly' ? 'read-only' : 'send';
}

/** With `enableAttachments`, each session specifies the rules; without that setting, the modes do. */
function toUploads({ enableAttachments, modes }: FileUpload): UploadRules | null {
  if (isTrue(enableAttachments)) return null;
  const sizes = modes.flatMap(({ maxFileSizeKB }) => maxFileSizeKB ?? []);
  return {
    mimeTypes: isFalse(enableAttachments)
      ? []
      : modes.flatMap(({ fileTypes }) => strings(fileTypes)),
    blockedExtensions: [],
    maximumSize: sizes.length > 0 ? Math.max(...sizes) * 1_024 : null,
  };
}

function strings(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === 'string');
}

function isTrue(value: string | null | undefined): boolean {
  return value?.toLowerCase() === 'true';
}

function isFalse(value: string | null | undefined): boolean {
  return value?.toLowerCase() === 'false';
}
