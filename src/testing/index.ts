export type { AgentFile, AgentMessage, ConversationSummary } from './agents/agent-protocol.ts';
export type { Agents, SayOptions } from './agents/agents.ts';
export type {
  AnswerFault,
  Faults,
  Refusal,
  SocketTarget,
} from './faults/faults.ts';
export type { Direction, FrameMatch } from './faults/frame-faults.ts';
export type { HttpFault, HttpMatch } from './faults/http-faults.ts';
export { type Gateway, startGateway } from './gateway/gateway.ts';
export {
  type AgentIdentity,
  type ConversationEvent,
  type ConversationStatus,
  GatewayRefusal,
  type Party,
  type Role,
  type Routing,
} from './gateway/model.ts';
export type {
  BotOptions,
  GatewayLogger,
  GatewayOptions,
  SkillGroupOption,
} from './gateway/options.ts';
export type { GatewayStats, StatsEvent, ViolationKind } from './gateway/stats.ts';
export type { FileContent } from './genesys-cloud/files.ts';
