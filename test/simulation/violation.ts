/** What docs/simulation.md promises, by name. */
export const ruleNames = [
  'addressed',
  'alive',
  'answers',
  'ask first',
  'bounded',
  'cleared',
  'durable',
  'exactly once',
  'good conduct',
  'has earlier',
  'in order',
  'left',
  'left for good',
  'marks',
  'mirror',
  'no crash',
  'no gap',
  'no hurry',
  'no hurry with REST',
  'no sloth',
  'nothing lost',
  'once',
  'one at a time',
  'one socket',
  'one sound',
  'online',
  'order of sending',
  'outbox',
  'pace',
  'read',
  'read to its end',
  'resets',
  'retry-after',
  'steady',
  'store',
  'store of former',
  'strangers',
  'tabs',
  'tabs agree',
  'tabs and store',
  'timers',
  'understood',
  'unread',
] as const;
export type RuleName = (typeof ruleNames)[number];

/** A promise is broken: `rule` names it, the message says how. */
export class Violation extends Error {
  readonly rule: RuleName;

  constructor(rule: RuleName, message: string) {
    super(`${rule}: ${message}`);
    this.name = 'Violation';
    this.rule = rule;
  }
}

export function check(holds: boolean, rule: RuleName, message: () => string): asserts holds {
  if (!holds) throw new Violation(rule, message());
}
