import type { Address, Moved } from '../protocol/builds.ts';
import type { Attachment, Card, Choice, Content } from '../protocol/content.ts';
import { type Conversation, conversationStatuses, type Routing } from '../protocol/conversation.ts';
import type { ErrorCode, Problem } from '../protocol/errors.ts';
import {
  isPosition,
  type Message,
  messageStatuses,
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
import { queueReasons, type RoutingNotice } from '../protocol/routing.ts';
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
  { position: isNumber, expiresAt: isNumber },
);

const areStrings = arrayOf(isString);

const words = nullable(isString);

type Kind<T extends Content['type']> = Extract<Content, { type: T }>;
type Item<T> = T extends readonly (infer I)[] ? I : never;
type Section = Item<Kind<'list'>['sections']>;

const isChoice = shape<Choice>({
  type: oneOf('reply', 'link'),
  text: isString,
  payload: isString,
  url: words,
  imageUrl: words,
});

const areChoices = arrayOf(isChoice);

const titled = { title: words, subtitle: words };

const isContent = either<Content>(
  shape<Attachment>({
    type: oneOf('attachment'),
    attachmentId: isString,
    url: words,
    name: isString,
    kind: oneOf('image', 'audio', 'video', 'link', 'file'),
    mime: words,
    size: nullable(isNumber),
    text: words,
  }),
  shape<Kind<'choices'>>({ type: oneOf('choices'), title: words, choices: areChoices }),
  shape<Kind<'cards'>>({
    type: oneOf('cards'),
    cards: arrayOf(
      shape<Card>({
        title: isString,
        description: words,
        imageUrl: words,
        link: nullable(isChoice),
        choices: areChoices,
      }),
    ),
  }),
  shape<Kind<'list'>>({
    type: oneOf('list'),
    ...titled,
    sections: arrayOf(
      shape<Section>({
        title: words,
        isMultiple: isBoolean,
        items: arrayOf(
          shape<Item<Section['items']>>({
            id: isString,
            title: isString,
            subtitle: words,
            imageUrl: words,
          }),
        ),
      }),
    ),
  }),
  shape<Kind<'times'>>({
    type: oneOf('times'),
    ...titled,
    imageUrl: words,
    times: arrayOf(
      shape<Item<Kind<'times'>['times']>>({
        dateTime: isString,
        at: isNumber,
        duration: nullable(isNumber),
      }),
    ),
  }),
  shape<Kind<'answer'>>({
    type: oneOf('answer'),
    kind: isString,
    text: isString,
    payload: isString,
  }),
  shape<Kind<'link'>>({ type: oneOf('link'), url: isString, text: isString }),
  shape<Kind<'unsupported'>>({ type: oneOf('unsupported'), name: isString, title: words }),
);

const isMessage = shape<Message>(
  {
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
  },
  { content: arrayOf(isContent), aliases: areStrings },
);

/** Sent back as it came, and checked again by the hub. */
const isAttributes = (value: unknown): value is NonNullable<Routing['attributes']> =>
  typeof value === 'object' && value !== null;

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

const routing = nullable(
  either<RoutingNotice>(
    shape<Extract<RoutingNotice, { kind: 'refused' }>>({
      kind: oneOf('refused'),
      problems: areStrings,
      suggested: nullable(
        shape<Routing>(
          { skillGroups: areStrings },
          { attributes: isAttributes, priority: isNumber },
        ),
      ),
    }),
    shape<Extract<RoutingNotice, { kind: 'uncovered' }>>({
      kind: oneOf('uncovered'),
      skillGroups: areStrings,
      isAsking: isBoolean,
    }),
    shape<Extract<RoutingNotice, { kind: 'unchecked' }>>({ kind: oneOf('unchecked') }),
    shape<Extract<RoutingNotice, { kind: 'stalled' }>>({
      kind: oneOf('stalled'),
      since: isNumber,
      reason: oneOf(...queueReasons),
    }),
  ),
);

export const isStreamMessage = either<StreamMessage>(
  shape<PatchMessage>({
    type: oneOf('patch'),
    epoch: isString,
    revision: isNumber,
    shared: shape<PatchMessage['shared']>({}, { ...shared, routing }),
    upserts: isMessages,
    removed: areStrings,
    readMark: nullable(shape<ReadMark>({ conversationId: isString, position: isPosition })),
  }),
  shape<SnapshotMessage>({
    type: oneOf('snapshot'),
    epoch: isString,
    revision: isNumber,
    visitor: words,
    wipes: isNumber,
    shared: shape<SharedSnapshot>(shared, { routing }),
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
