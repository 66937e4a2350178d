import type { Address, Moved } from '../protocol/builds.ts';
import { type Conversation, conversationStatuses } from '../protocol/conversation.ts';
import type { ErrorCode, Problem } from '../protocol/errors.ts';
import {
  type Message,
  messageStatuses,
  type Position,
  type ReadMark,
  roles,
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
import {
  type ConnectionSnapshot,
  type HubSnapshot,
  phases,
  type SharedSnapshot,
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
} from './guard.ts';

/**
 * What the hub may say to a page. The same as the zod schemas of the port, which would be more than
 * the whole rest of a page's first load; a test holds the two together.
 */

/** A newer hub of the same protocol may know of more: what it says in words is shown all the same. */
const isErrorCode = (value: unknown): value is ErrorCode => isString(value);

const isProblem = shape<Problem>({ code: isErrorCode, message: isString });

export const isConversation = shape<Conversation>(
  { conversationId: isString, status: oneOf(...conversationStatuses) },
  { position: isNumber },
);

const areNumbers = arrayOf(isNumber);

const isPosition = (value: unknown): value is Position => areNumbers(value) && value.length === 4;

const isMessage = shape<Message>({
  messageId: isString,
  conversationId: nullable(isString),
  sequence: nullable(isNumber),
  from: shape<Sender>({ id: isString, name: isString, role: oneOf(...roles) }),
  text: isString,
  timestamp: isNumber,
  status: oneOf(...messageStatuses),
  failure: nullable(isProblem),
  missingBefore: isNumber,
  position: isPosition,
});

const isMessages = arrayOf(isMessage);

const shared = {
  connection: shape<ConnectionSnapshot>(
    {
      phase: oneOf(...phases),
      attempt: isNumber,
      retryAt: nullable(isNumber),
      transport: oneOf('websocket', 'rest', 'none'),
    },
    { problem: isProblem },
  ),
  conversation: nullable(isConversation),
  unread: isNumber,
  typing: nullable(shape<NonNullable<SharedSnapshot['typing']>>({ id: isString, name: isString })),
  draft: isString,
  hub: shape<HubSnapshot>({
    kind: oneOf('shared-worker', 'tab'),
    epoch: isString,
    build: isString,
    tabs: isNumber,
    persistent: isBoolean,
  }),
};

export const isStreamMessage = either<StreamMessage>(
  shape<PatchMessage>({
    type: oneOf('patch'),
    epoch: isString,
    revision: isNumber,
    shared: shape<PatchMessage['shared']>({}, shared),
    upserts: isMessages,
    removed: arrayOf(isString),
    readMark: nullable(shape<ReadMark>({ conversationId: isString, position: isPosition })),
  }),
  shape<SnapshotMessage>({
    type: oneOf('snapshot'),
    epoch: isString,
    revision: isNumber,
    visitor: nullable(isString),
    shared: shape<SharedSnapshot>(shared),
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

export const isMoved = shape<Moved>({
  type: oneOf('partyline-moved'),
  address: nullable(shape<Address>({ url: isString, name: isString })),
});
