import type { Reply } from '../../../protocol/content.ts';
import type { Messages } from '../../messages.ts';
import type { FreshLinks } from '../files/fresh-links.ts';
import type { RenderForm } from '../forms/lazy-forms.ts';

/** Resolves with `false` when the reply was not kept; the panel has then shown the error. */
export type OnReply = (text: string, reply: Reply) => Promise<boolean>;

/** What the parts of a message need in order to render. */
export interface ContentContext {
  readonly texts: Messages;
  /** Whether the conversation is open. */
  readonly canReply: boolean;
  /** Whether the visitor can still answer: they have sent nothing since this message. */
  readonly isOpen: boolean;
  readonly onReply: OnReply;
  /** Refreshes download links, which expire after some minutes; `null` without files. */
  readonly links: FreshLinks | null;
  /** Renders what takes more than one press to answer. */
  readonly forms: RenderForm;
}
