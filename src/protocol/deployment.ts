import type { FileCall, UploadRules } from './files.ts';
import type { JourneyContext } from './gateway/commands.ts';

/** Settings of the deployment, from the platform. */
export interface Deployment {
  /** BCP 47 tags, as the platform writes them. */
  readonly languages: readonly string[];
  readonly defaultLanguage: string | null;
  /** Whether agents can see that the visitor is typing. */
  readonly sendsTyping: boolean;
  /** Whether the visitor can see that an agent is typing. */
  readonly showsTyping: boolean;
  /** Whether a conversation starts before the visitor's first message. */
  readonly autoStart: boolean;
  /** Whether the visitor can delete the conversation. */
  readonly canClear: boolean;
  /** Whether agents and bots write rich text: `parseRichText` of `partyline/rich-text` reads it. */
  readonly usesMarkdown: boolean;
  /** Whether a guest who signs in can take the conversation along. */
  readonly allowsUpgrade: boolean;
  /** Whether the deployment is switched on. */
  readonly isActive: boolean;
  /** Whether the platform's own messenger is shown on sites with this deployment. */
  readonly isMessengerEnabled: boolean;
  /**
   * What a visitor learns when an agent or flow ends the conversation. `none`, the platform's default: nothing ·
   * `send`: that they have left; the next message starts again · `read-only`: that it has ended.
   */
  readonly disconnect: 'none' | 'send' | 'read-only';
  /** Allowed files until the session specifies them; `null` if unknown. */
  readonly uploads: UploadRules | null;
}

/** Calls of a page that only some gateways support, on the same port as all others. */
export type PlatformCall =
  /** Returns the `Deployment`, or `null`. */
  | { readonly type: 'platform'; readonly step: 'deployment' }
  | { readonly type: 'platform'; readonly step: 'clear' }
  /** `null`: the page has nothing more to say about its visitor. */
  | {
      readonly type: 'platform';
      readonly step: 'journey';
      readonly context: JourneyContext | null;
    };

/** Calls that the extension of a dialect answers, outside the core. */
export type SideCall = FileCall | PlatformCall;
