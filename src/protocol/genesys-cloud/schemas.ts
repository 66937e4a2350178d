import { array, type infer as Infer, lazy, object, optional, unknown } from 'zod/mini';
import {
  httpUrl,
  instant,
  lenientArray,
  lenientArrayOf,
  lenientBoolean,
  lenientNumber,
  lenientString,
  nonEmptyString,
  orNull,
  stringMap,
} from './lenient.ts';

/** Frames and REST bodies of the Web Messaging Guest API, as a client receives them. */

export const envelope = object({
  type: nonEmptyString,
  class: nonEmptyString,
  code: lenientNumber,
  body: optional(unknown()),
  tracingId: nonEmptyString,
  /** Text of errors of the transport, which have no class. The official web client also accepts a body here. */
  message: optional(unknown()),
});
export type Envelope = Infer<typeof envelope>;

const life = { durationSeconds: lenientNumber, expirationDate: lenientNumber };

const media = {
  allowedMedia: orNull(
    object({
      inbound: orNull(
        object({
          fileTypes: lenientArrayOf(object({ type: nonEmptyString })),
          maxFileSizeKB: lenientNumber,
        }),
      ),
    }),
  ),
  blockedExtensions: lenientArray,
  maxCustomDataBytes: lenientNumber,
};
const mediaShape = object(media);
export type Media = Infer<typeof mediaShape>;

export const sessionBody = object({
  connected: lenientString,
  newSession: lenientBoolean,
  readOnly: lenientBoolean,
  autoStarted: lenientBoolean,
  clearedExistingSession: lenientBoolean,
  ...media,
  ...life,
});

export const configurationBody = object({
  ...media,
  sessionDurationSeconds: lenientNumber,
  messageRoutingEnabled: lenientBoolean,
});

/** Live, an agent is `{nickname, image}`, and a bot often `{}` ([SC]). */
const person = orNull(
  object({
    firstName: nonEmptyString,
    lastName: nonEmptyString,
    nickname: nonEmptyString,
    image: httpUrl,
  }),
);

const channel = object({
  time: instant,
  messageId: nonEmptyString,
  from: person,
  metadata: orNull(object({ customAttributes: stringMap })),
});

const presence = object({ type: nonEmptyString });
/** The official web client also reads `durationMs`. */
const typing = object({ type: nonEmptyString, duration: lenientNumber, durationMs: lenientNumber });

/** Without their secrets, `sessionJoinToken` and `jwt`, so that those go nowhere. */
const coBrowse = object({ type: nonEmptyString, sessionId: nonEmptyString });
const video = object({ type: nonEmptyString, offeringId: nonEmptyString });

export const eventBody = object({
  eventType: nonEmptyString,
  presence: orNull(presence),
  typing: orNull(typing),
  coBrowse: orNull(coBrowse),
  video: orNull(video),
});
export type EventBody = Infer<typeof eventBody>;

export const messageBody = object({
  id: nonEmptyString,
  type: nonEmptyString,
  text: lenientString,
  direction: nonEmptyString,
  status: nonEmptyString,
  /** Of a receipt with the status `Failed`. */
  reasons: lenientArrayOf(object({ code: nonEmptyString, message: nonEmptyString })),
  channel: orNull(channel),
  content: lenientArray,
  events: lenientArrayOf(eventBody),
  metadata: stringMap,
  originatingEntity: nonEmptyString,
  /** Tracing id of the request, if the frame has none; entries of the history have it here. */
  tracingId: nonEmptyString,
});
export type MessageBody = Infer<typeof messageBody>;

const action = object({
  type: nonEmptyString,
  text: nonEmptyString,
  url: httpUrl,
  payload: lenientString,
  image: httpUrl,
});
export type Action = Infer<typeof action>;

const card = object({
  title: nonEmptyString,
  description: nonEmptyString,
  image: httpUrl,
  video: httpUrl,
  defaultAction: orNull(action),
  actions: lenientArrayOf(action),
});
export type CardBody = Infer<typeof card>;

const quickReply = object({ text: nonEmptyString, payload: lenientString, image: httpUrl });
export type QuickReplyBody = Infer<typeof quickReply>;

const button = orNull(
  object({ type: nonEmptyString, text: nonEmptyString, payload: lenientString }),
);

const heading = { title: nonEmptyString, subtitle: nonEmptyString, imageUrl: httpUrl };
const introduction = orNull(
  object({
    ...heading,
    header: nonEmptyString,
    buttonText: nonEmptyString,
    buttonLabel: nonEmptyString,
  }),
);

const sections = lenientArrayOf(
  object({
    title: nonEmptyString,
    multipleSelection: lenientBoolean,
    items: lenientArrayOf(object({ id: nonEmptyString, ...heading })),
  }),
);
export type Sections = Infer<typeof sections>;

const genericActions = orNull(object({ url: httpUrl, textback: lenientString }));

export const contentBody = object({
  contentType: nonEmptyString,
  attachment: orNull(
    object({
      id: nonEmptyString,
      url: httpUrl,
      filename: nonEmptyString,
      fileName: nonEmptyString,
      mediaType: nonEmptyString,
      mime: nonEmptyString,
      fileSize: lenientNumber,
      contentSizeBytes: lenientNumber,
      text: nonEmptyString,
    }),
  ),
  quickReply: orNull(quickReply),
  quickReplyV2: orNull(object({ title: nonEmptyString, actions: lenientArrayOf(quickReply) })),
  buttonResponse: button,
  postback: button,
  card: orNull(card),
  carousel: orNull(object({ cards: lenientArrayOf(card) })),
  generic: orNull(
    object({
      title: nonEmptyString,
      description: nonEmptyString,
      image: httpUrl,
      actions: genericActions,
      components: lenientArrayOf(
        object({
          title: nonEmptyString,
          text: nonEmptyString,
          actions: genericActions,
        }),
      ),
    }),
  ),
  datePicker: orNull(
    object({
      ...heading,
      dateMinimum: instant,
      dateMaximum: instant,
      availableTimes: lenientArrayOf(object({ dateTime: nonEmptyString, duration: lenientNumber })),
    }),
  ),
  listPicker: orNull(
    object({ receivedMessage: introduction, replyMessage: introduction, sections }),
  ),
  form: orNull(
    object({
      cannedResponseId: nonEmptyString,
      introduction,
      receivedMessage: introduction,
      replyMessage: introduction,
      showSummary: lenientBoolean,
      /** Parsed by `formPages`. */
      formPages: lenientArray,
      /** Only in answers. */
      response: lenientArrayOf(object({ component: orNull(object({ buttonResponse: button })) })),
    }),
  ),
  template: orNull(
    object({
      header: orNull(object({ text: nonEmptyString })),
      body: orNull(object({ text: nonEmptyString })),
      footer: orNull(object({ text: nonEmptyString })),
      buttons: lenientArrayOf(action),
    }),
  ),
  text: orNull(object({ body: nonEmptyString })),
  location: orNull(
    object({
      url: httpUrl,
      address: nonEmptyString,
      text: nonEmptyString,
      latitude: nonEmptyString,
      longitude: nonEmptyString,
    }),
  ),
  richLink: orNull(
    object({
      url: httpUrl,
      title: nonEmptyString,
      urlLabel: nonEmptyString,
      text: nonEmptyString,
      header: orNull(object({ type: nonEmptyString, value: nonEmptyString })),
    }),
  ),
  story: orNull(object({ url: httpUrl })),
  interactiveApplication: orNull(object({ name: nonEmptyString, receivedMessage: introduction })),
  paymentRequest: orNull(object({ receivedMessage: introduction })),
  list: orNull(object({ title: nonEmptyString })),
  mention: orNull(object({ nickname: nonEmptyString })),
});
export type ContentBody = Infer<typeof contentBody>;

const question = {
  id: nonEmptyString,
  title: nonEmptyString,
  subtitle: nonEmptyString,
  isRequired: lenientBoolean,
};

/** Created with the first form: few conversations have any. */
export const formPages = lazy(() =>
  lenientArrayOf(
    object({
      title: nonEmptyString,
      subtitle: nonEmptyString,
      pageComponents: lenientArrayOf(
        object({
          input: orNull(
            object({
              ...question,
              placeholderText: nonEmptyString,
              isMultipleLine: lenientBoolean,
              keyboardType: nonEmptyString,
              autoCompleteType: nonEmptyString,
            }),
          ),
          datePicker: orNull(
            object({
              ...question,
              dateMinimum: instant,
              dateMaximum: instant,
              dateDisplayFormat: nonEmptyString,
            }),
          ),
          listPicker: orNull(object({ ...question, sections })),
          wheelPicker: orNull(
            object({
              ...question,
              items: lenientArrayOf(
                object({ id: nonEmptyString, title: nonEmptyString, value: nonEmptyString }),
              ),
            }),
          ),
        }),
      ),
    }),
  ),
);
export type FormPages = Infer<typeof formPages>;

/** Body of `TooManyRequestsErrorMessage`, `GenerateUrlError`, `UploadFailureEvent` and `Error`. */
export const errorBody = object({
  errorCode: lenientNumber,
  errorMessage: nonEmptyString,
  message: nonEmptyString,
  retryAfter: lenientNumber,
  attachmentId: nonEmptyString,
  tracingId: nonEmptyString,
});

export const closedBody = object({ reason: nonEmptyString, reasonCode: nonEmptyString });

export const uploadBody = object({
  attachmentId: nonEmptyString,
  url: httpUrl,
  downloadUrl: httpUrl,
  headers: stringMap,
  fileSize: lenientNumber,
});

export const jwtBody = object({ jwt: nonEmptyString, exp: lenientNumber });

export const historyBody = object({
  entities: orNull(array(unknown())),
  total: lenientNumber,
  pageNumber: lenientNumber,
  pageSize: lenientNumber,
  pageCount: lenientNumber,
});

export const restErrorBody = object({ code: nonEmptyString, message: nonEmptyString });
