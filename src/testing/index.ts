export type { AgentFile, AgentMessage, ConversationSummary } from './agent-protocol.ts';
export type { Agents, SayOptions } from './agents.ts';
export type {
  AnswerFault,
  Faults,
  Refusal,
  SocketTarget,
} from './faults.ts';
export type { Direction, FrameMatch } from './frame-faults.ts';
export { type Gateway, startGateway } from './gateway.ts';
export type { FileContent } from './genesys-cloud/files.ts';
export type { HttpFault, HttpMatch } from './http-faults.ts';
export {
  type AgentIdentity,
  type ConversationEvent,
  type ConversationStatus,
  GatewayRefusal,
  type Party,
  type Role,
  type Routing,
} from './model.ts';
export type { BotOptions, GatewayLogger, GatewayOptions, SkillGroupOption } from './options.ts';
export type { GatewayStats, StatsEvent, ViolationKind } from './stats.ts';
