export { PartylineError } from '../protocol/errors.ts';
export { createTokenBroker, type TokenBroker } from './broker.ts';
export {
  type BrokerLimits,
  type BrokerLogger,
  defaultScopes,
  type TokenBrokerOptions,
  type Visitor,
} from './options.ts';
export type { RoutingLogEntry } from './routing-log.ts';
export { isCrossOrigin } from './same-origin.ts';
export {
  createVisitorSessions,
  newVisitor,
  type VisitorSession,
  type VisitorSessions,
  type VisitorSessionsOptions,
} from './sessions.ts';
