import type { PartylineChatElement } from '../ui/index.ts';

/** What a template may set on `<partyline-chat>`. */
export type PartylineChatProps = Partial<
  Pick<PartylineChatElement, 'chat' | 'routing' | 'open' | 'heading' | 'silent' | 'texts'>
>;
