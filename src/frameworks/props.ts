import type { PartylineChatElement } from '../ui/index.ts';

/** The properties that a template may set on `<partyline-chat>`. */
export type PartylineChatProps = Partial<
  Pick<PartylineChatElement, 'chat' | 'routing' | 'open' | 'heading' | 'silent' | 'texts'>
>;
