/** The rules of docs/simulation.md, by name. */
export const ruleNames = [
  'REST rate',
  'answers',
  'bounded',
  'catch-up before resend',
  'connection rate',
  'deleted history',
  'destination stored',
  'durable',
  'end confirmed',
  'end stored',
  'exactly once',
  'final catch-up',
  'gap markers',
  'has earlier',
  'hub alive',
  'in order',
  'left at',
  'no crash',
  'no duplicates',
  'no session reuse',
  'no unmarked gap',
  'nothing lost',
  'one alert',
  'one at a time',
  'one socket',
  'online',
  'outbox',
  'previous conversations',
  'protocol',
  'rate limits',
  'read receipts',
  'resets',
  'retry delay',
  'retry-after',
  'send order',
  'session hint',
  'stable rows',
  'store',
  'tabs',
  'tabs agree',
  'tabs and store',
  'ties',
  'timers',
  'transcript kept',
  'typing rate',
  'unread',
  'valid posts',
  'visitor isolation',
] as const;
export type RuleName = (typeof ruleNames)[number];

/** A violated rule; the message says how. */
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
