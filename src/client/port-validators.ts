import type { Address, Redirect } from '../protocol/builds.ts';
import type { Content } from '../protocol/content.ts';
import type { Conversation, ConversationStatus } from '../protocol/conversation.ts';
import type { ErrorCode, Problem } from '../protocol/errors.ts';
import {
  isPosition,
  type Message,
  type MessageStatus,
  type ReadMark,
  type Role,
  type Sender,
} from '../protocol/message.ts';
import type {
  AlertMessage,
  CallAnswer,
  Earlier,
  HeadMessage,
  Hello,
  PatchMessage,
  SnapshotMessage,
  StreamMessage,
} from '../protocol/port.ts';
import type { RoutingNotice } from '../protocol/routing.ts';
import type {
  ConnectionSnapshot,
  HubSnapshot,
  Phase,
  SharedSnapshot,
} from '../protocol/snapshot.ts';
import {
  arrayOf,
  either,
  isAnything,
  isBoolean,
  isNumber,
  isString,
  nullable,
  oneOf,
  shape,
} from './validator.ts';

/**
 * What the hub may say to a page. As the zod schemas of the port, which would be more than the whole
 * rest of a page's first load; a test holds the two together.
 */

/** One of a list: any word will do, since a newer hub of the same protocol may know more of them. */
const isWord = <T extends string>(value: unknown): value is T => isString(value);

const isProblem = shape<Problem>({ code: isWord<ErrorCode>, message: isString });

export const isConversation = shape<Conversation>(
  { conversationId: isString, status: isWord<ConversationStatus> },
  { position: isNumber, expiresAt: isNumber, leftAt: isNumber },
);

const isTyped = shape<{ type: string }>({ type: isString });
const isOfKind = shape<{ kind: string }>({ kind: isString });

/** Of rich content only the kind is looked at here: what draws it comes with the panel. */
const isContent = (value: unknown): value is Content => isTyped(value);

const isMessage = shape<Message>(
  {
    messageId: isString,
    conversationId: nullable(isString),
    sequence: nullable(isNumber),
    from: shape<Sender>({ id: isString, name: isString, role: isWord<Role> }),
    text: isString,
    timestamp: isNumber,
    status: isWord<MessageStatus>,
    failure: nullable(isProblem),
    missingBefore: isNumber,
    position: isPosition,
  },
  { content: arrayOf(isContent), aliases: arrayOf(isString) },
);

const isMessages = arrayOf(isMessage);

const shared = {
  connection: shape<ConnectionSnapshot>(
    {
      phase: isWord<Phase>,
      attempt: isNumber,
      retryAt: nullable(isNumber),
      transport: isWord<ConnectionSnapshot['transport']>,
    },
    { problem: isProblem },
  ),
  conversation: nullable(isConversation),
  unread: isNumber,
  typing: nullable(shape<NonNullable<SharedSnapshot['typing']>>({ id: isString, name: isString })),
  draft: isString,
  hub: shape<HubSnapshot>({
    kind: isWord<HubSnapshot['kind']>,
    epoch: isString,
    build: isString,
    tabs: isNumber,
    persistent: isBoolean,
  }),
};

const isNotice = (value: unknown): value is RoutingNotice => isOfKind(value);

const notice = { routing: nullable(isNotice) };

export const isStreamMessage = either<StreamMessage>(
  shape<PatchMessage>({
    type: oneOf('patch'),
    epoch: isString,
    revision: isNumber,
    shared: shape<PatchMessage['shared']>({}, { ...shared, ...notice }),
    upserts: isMessages,
    removed: arrayOf(isString),
    readMark: nullable(shape<ReadMark>({ conversationId: isString, position: isPosition })),
  }),
  shape<SnapshotMessage>({
    type: oneOf('snapshot'),
    epoch: isString,
    revision: isNumber,
    visitor: nullable(isString),
    resetCount: isNumber,
    shared: shape<SharedSnapshot>(shared, notice),
    messages: isMessages,
    hasEarlier: isBoolean,
  }),
  shape<HeadMessage>({ type: oneOf('head'), epoch: isString, revision: isNumber }),
  shape<AlertMessage>({ type: oneOf('alert'), epoch: isString, message: nullable(isMessage) }),
);

export const isEarlier = shape<Earlier>({ messages: isMessages, hasEarlier: isBoolean });

export const isCallAnswer = either<CallAnswer>(
  shape<Extract<CallAnswer, { ok: true }>>({
    ok: oneOf(true),
    epoch: isString,
    value: isAnything,
  }),
  shape<Extract<CallAnswer, { ok: false }>>({
    ok: oneOf(false),
    epoch: isString,
    problem: isProblem,
  }),
);

export const isHello = shape<Hello>({
  type: oneOf('partyline-hello'),
  epoch: isString,
  protocolVersion: isNumber,
  build: isString,
});

export const isMoved = shape<Redirect>({
  type: oneOf('partyline-redirect'),
  address: nullable(shape<Address>({ url: isString, name: isString })),
});
