import type { Redirect, WorkerAddress } from '../../protocol/builds.ts';
import type { Content } from '../../protocol/content.ts';
import type { Conversation, ConversationStatus, Ending } from '../../protocol/conversation.ts';
import type { ErrorCode, Problem } from '../../protocol/errors.ts';
import {
  isPosition,
  type Message,
  type MessageStatus,
  type ReadMark,
  type Role,
  type Sender,
} from '../../protocol/message.ts';
import type {
  AlertMessage,
  CallAnswer,
  Earlier,
  HeadMessage,
  Hello,
  PatchMessage,
  SnapshotMessage,
  StreamMessage,
} from '../../protocol/port.ts';
import type { RoutingNotice } from '../../protocol/routing.ts';
import type {
  ConnectionSnapshot,
  HubSnapshot,
  Phase,
  SharedSnapshot,
} from '../../protocol/snapshot.ts';
import {
  array,
  isBoolean,
  isNumber,
  isString,
  isUnknown,
  literal,
  nullable,
  object,
  union,
} from './validator.ts';

/**
 * Validators for what the hub sends to a page. The port's zod schemas would more than double a page's
 * first load; a test checks that the two agree.
 */

/** A string enum. Accepts any string: a newer hub of the same protocol may know more values. */
const isEnum = <T extends string>(value: unknown): value is T => isString(value);

const isProblem = object<Problem>({ code: isEnum<ErrorCode>, message: isString });

export const isConversation = object<Conversation>(
  { conversationId: isString, status: isEnum<ConversationStatus> },
  { position: isNumber, expiresAt: isNumber, leftAt: isNumber, ending: isEnum<Ending> },
);

const hasType = object<{ type: string }>({ type: isString });
const hasKind = object<{ kind: string }>({ kind: isString });

/** Only the type: the panel validates the rest when it renders the content. */
const isContent = (value: unknown): value is Content => hasType(value);

const isMessage = object<Message>(
  {
    messageId: isString,
    conversationId: nullable(isString),
    sequence: nullable(isNumber),
    from: object<Sender>(
      { id: isString, name: isString, role: isEnum<Role> },
      { imageUrl: isString },
    ),
    text: isString,
    timestamp: isNumber,
    status: isEnum<MessageStatus>,
    failure: nullable(isProblem),
    missingBefore: isNumber,
    position: isPosition,
  },
  { content: array(isContent), aliases: array(isString) },
);

const isMessages = array(isMessage);

const shared = {
  connection: object<ConnectionSnapshot>(
    {
      phase: isEnum<Phase>,
      attempt: isNumber,
      retryAt: nullable(isNumber),
      transport: isEnum<ConnectionSnapshot['transport']>,
    },
    { problem: isProblem },
  ),
  conversation: nullable(isConversation),
  unread: isNumber,
  typing: nullable(
    object<NonNullable<SharedSnapshot['typing']>>(
      { id: isString, name: isString },
      { role: isEnum<Role> },
    ),
  ),
  draft: isString,
  hub: object<HubSnapshot>({
    kind: isEnum<HubSnapshot['kind']>,
    epoch: isString,
    build: isString,
    tabs: isNumber,
    persistent: isBoolean,
  }),
};

const isNotice = (value: unknown): value is RoutingNotice => hasKind(value);

const notice = { routing: nullable(isNotice) };

export const isStreamMessage = union<StreamMessage>(
  object<PatchMessage>({
    type: literal('patch'),
    epoch: isString,
    revision: isNumber,
    shared: object<PatchMessage['shared']>({}, { ...shared, ...notice }),
    upserts: isMessages,
    removed: array(isString),
    readMark: nullable(object<ReadMark>({ conversationId: isString, position: isPosition })),
  }),
  object<SnapshotMessage>({
    type: literal('snapshot'),
    epoch: isString,
    revision: isNumber,
    visitor: nullable(isString),
    resetCount: isNumber,
    shared: object<SharedSnapshot>(shared, notice),
    messages: isMessages,
    hasEarlier: isBoolean,
  }),
  object<HeadMessage>({ type: literal('head'), epoch: isString, revision: isNumber }),
  object<AlertMessage>({ type: literal('alert'), epoch: isString, message: nullable(isMessage) }),
);

export const isEarlier = object<Earlier>({ messages: isMessages, hasEarlier: isBoolean });

export const isCallAnswer = union<CallAnswer>(
  object<Extract<CallAnswer, { ok: true }>>({
    ok: literal(true),
    epoch: isString,
    value: isUnknown,
  }),
  object<Extract<CallAnswer, { ok: false }>>({
    ok: literal(false),
    epoch: isString,
    problem: isProblem,
  }),
);

export const isHello = object<Hello>({
  type: literal('partyline-hello'),
  epoch: isString,
  protocolVersion: isNumber,
  build: isString,
  name: isString,
});

export const isRedirect = object<Redirect>({
  type: literal('partyline-redirect'),
  address: nullable(object<WorkerAddress>({ url: isString, name: isString })),
});
