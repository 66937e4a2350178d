import type {
  AgentFile,
  AgentMessage,
  AgentPart,
  ConversationSummary,
} from '../agents/agent-protocol.ts';
import type { ConversationRecord, StoredMessage } from './model.ts';

/** Converts a message for agents. */
export function toAgentMessage(
  message: StoredMessage,
  files: readonly AgentFile[] = [],
  parts: readonly AgentPart[] = [],
): AgentMessage {
  const { conversationId, messageId, sequence, from, text, at } = message;
  return {
    conversationId,
    messageId,
    sequence,
    from,
    text,
    timestamp: new Date(at).toISOString(),
    ...(files.length > 0 ? { files: [...files] } : {}),
    ...(parts.length > 0 ? { parts: [...parts] } : {}),
  };
}

/** Converts a conversation for the list of agents. */
export function summarize(
  record: ConversationRecord,
  positions: ReadonlyMap<string, number>,
): ConversationSummary {
  const { conversationId, subject, status, routable, routing, agent, last, visitorRead } = record;
  return {
    conversationId,
    subject,
    status,
    routable,
    position: positions.get(conversationId) ?? null,
    routing: { ...routing, skillGroups: [...routing.skillGroups] },
    createdAt: new Date(record.createdAt).toISOString(),
    agent,
    lastMessage: last ? toAgentMessage(last) : null,
    unread: last?.from.role === 'visitor' && last.sequence > record.agentRead,
    visitorRead,
  };
}
