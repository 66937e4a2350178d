/** What docs/simulation.md promises, by name. */
export const ruleNames = [
  'destination stored',
  'hub alive',
  'answers',
  'catch-up before resend',
  'bounded',
  'deleted history',
  'durable',
  'exactly once',
  'protocol',
  'has earlier',
  'in order',
  'left at',
  'no session reuse',
  'gap markers',
  'session hint',
  'no crash',
  'no unmarked gap',
  'connection rate',
  'REST rate',
  'retry delay',
  'nothing lost',
  'no duplicates',
  'one at a time',
  'one socket',
  'one alert',
  'online',
  'send order',
  'outbox',
  'rate limits',
  'read receipts',
  'final catch-up',
  'resets',
  'retry-after',
  'stable rows',
  'store',
  'previous conversations',
  'visitor isolation',
  'tabs',
  'tabs agree',
  'tabs and store',
  'timers',
  'valid posts',
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
