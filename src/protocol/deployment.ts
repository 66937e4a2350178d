import type { FileCall, UploadRules } from './files.ts';

/** What the platform's own settings say of a chat. */
export interface Deployment {
  /** BCP 47, as the platform writes them. */
  readonly languages: readonly string[];
  readonly defaultLanguage: string | null;
  /** Whether the other side is told when the visitor types. */
  readonly tellsTyping: boolean;
  /** Whether the visitor is shown when the other side types. */
  readonly showsTyping: boolean;
  /** A conversation begins before the visitor has said anything. */
  readonly startsByItself: boolean;
  /** Whether a visitor can have a conversation forgotten. */
  readonly canClear: boolean;
  /** What may be sent before a session has told; `null`: nothing is said of it. */
  readonly uploads: UploadRules | null;
}

/** What a page may ask besides what every gateway has, on the port beside its other calls. */
export type PlatformCall =
  /** Answered with the `Deployment`, or `null`. */
  | { readonly type: 'platform'; readonly step: 'deployment' }
  | { readonly type: 'platform'; readonly step: 'clear' };

/** What the hubs of some dialects answer outside of their core. */
export type SideCall = FileCall | PlatformCall;
