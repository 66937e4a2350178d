/** One timer a name; setting it again moves it. */
export const timerNames = [
  'retry',
  'auth',
  'close',
  'answer',
  'renew',
  'token-retry',
  'drain',
  'ping',
  'pong',
  'hold',
  'echo',
  'reconcile',
  'rest-retry',
  'rest-pause',
  'poll',
  'probe',
  'rate',
  'typing-shown',
  'typing-sent',
  'idle',
] as const;
export type TimerName = (typeof timerNames)[number];
