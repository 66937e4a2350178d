import type { PartylineChatElement } from '../../src/ui/index.ts';

type Own = Exclude<keyof PartylineChatElement, keyof HTMLElement>;

/** What `<partyline-chat>` has beside what every element has, its callbacks aside. */
export type ElementProperty = {
  [Name in Own]: PartylineChatElement[Name] extends (...given: never) => unknown ? never : Name;
}[Own];

/** The attributes that it heeds. The code and custom-elements.json name the same: custom-elements.test.ts. */
export const elementAttributes = [
  'agent-name',
  'bot-name',
  'heading',
  'open',
  'outdated',
  'placement',
  'rich-text',
  'scheme',
  'sign-in',
  'silent',
] as const;

export type ElementAttribute = (typeof elementAttributes)[number];
