export { PartylineError } from '../protocol/errors.ts';
export type { RequestSource } from './address.ts';
export { createTokenBroker, type TokenBroker } from './broker.ts';
export { createJwtSessions, type JwtSessionsOptions } from './jwt-sessions.ts';
export { type BrokerLogger, jsonLines, type LogEntry } from './logs.ts';
export {
  type BrokerLimits,
  defaultScopes,
  type TokenBrokerOptions,
  type Visitor,
} from './options.ts';
export { memoryRateLimits, type RateLimitStore } from './rate-limits.ts';
export { type RedisRateLimitsOptions, redisRateLimits } from './redis-rate-limits.ts';
export type { RoutingLogEntry } from './routing-log.ts';
export { isCrossOrigin } from './same-origin.ts';
export { type ServedBroker, type ServeOptions, serveBroker } from './serve.ts';
export { SessionUnavailable } from './session-unavailable.ts';
export {
  createVisitorSessions,
  newVisitor,
  type VisitorSession,
  type VisitorSessions,
  type VisitorSessionsOptions,
} from './sessions.ts';
