import { lazy, z } from '../zod.ts';
import {
  address,
  flag,
  instant,
  list,
  listOf,
  map,
  maybe,
  number,
  text,
  words,
} from './lenient.ts';

/** Frames and REST bodies of the Web Messaging Guest API, as a client receives them. */

export const envelope = z.object({
  type: words,
  class: words,
  code: number,
  body: z.optional(z.unknown()),
  tracingId: words,
  /** The transport's own errors have no class, and words here; the official web client looks here for a body, too. */
  message: z.optional(z.unknown()),
});
export type Envelope = z.infer<typeof envelope>;

const life = { durationSeconds: number, expirationDate: number };

const media = {
  allowedMedia: maybe(
    z.object({
      inbound: maybe(
        z.object({ fileTypes: listOf(z.object({ type: words })), maxFileSizeKB: number }),
      ),
    }),
  ),
  blockedExtensions: list,
  maxCustomDataBytes: number,
};
const mediaShape = z.object(media);
export type Media = z.infer<typeof mediaShape>;

export const sessionBody = z.object({
  connected: text,
  newSession: flag,
  readOnly: flag,
  autoStarted: flag,
  clearedExistingSession: flag,
  ...media,
  ...life,
});

export const configurationBody = z.object({
  ...media,
  sessionDurationSeconds: number,
  messageRoutingEnabled: flag,
});

const person = maybe(z.object({ firstName: words, lastName: words, nickname: words }));

const channel = z.object({
  time: instant,
  messageId: words,
  from: person,
  metadata: maybe(z.object({ customAttributes: map })),
});

const presence = z.object({ type: words });
/** `durationMs`: as the official web client has seen it. */
const typing = z.object({ type: words, duration: number, durationMs: number });

export const eventBody = z.object({
  eventType: words,
  presence: maybe(presence),
  typing: maybe(typing),
});
export type EventBody = z.infer<typeof eventBody>;

export const messageBody = z.object({
  id: words,
  type: words,
  text,
  direction: words,
  status: words,
  channel: maybe(channel),
  content: list,
  events: listOf(eventBody),
  metadata: map,
  originatingEntity: words,
  /** Of the request that it answers, where the frame itself does not say; a history entry bears it here. */
  tracingId: words,
});
export type MessageBody = z.infer<typeof messageBody>;

const action = z.object({ type: words, text: words, url: address, payload: text, image: address });
export type Action = z.infer<typeof action>;

const card = z.object({
  title: words,
  description: words,
  image: address,
  defaultAction: maybe(action),
  actions: listOf(action),
});
export type CardBody = z.infer<typeof card>;

const quickReply = z.object({ text: words, payload: text, image: address });
export type QuickReplyBody = z.infer<typeof quickReply>;

const button = maybe(z.object({ type: words, text: words, payload: text }));

const heading = { title: words, subtitle: words, imageUrl: address };
const introduction = maybe(
  z.object({ ...heading, header: words, buttonText: words, buttonLabel: words }),
);

const sections = listOf(
  z.object({
    title: words,
    multipleSelection: flag,
    items: listOf(z.object({ id: words, ...heading })),
  }),
);
export type Sections = z.infer<typeof sections>;

export const contentBody = z.object({
  contentType: words,
  attachment: maybe(
    z.object({
      id: words,
      url: address,
      filename: words,
      fileName: words,
      mediaType: words,
      mime: words,
      fileSize: number,
      contentSizeBytes: number,
      text: words,
    }),
  ),
  quickReply: maybe(quickReply),
  quickReplyV2: maybe(z.object({ title: words, actions: listOf(quickReply) })),
  buttonResponse: button,
  postback: button,
  card: maybe(card),
  carousel: maybe(z.object({ cards: listOf(card) })),
  generic: maybe(
    z.object({
      title: words,
      description: words,
      image: address,
      actions: maybe(z.object({ url: address, textback: text })),
      components: listOf(
        z.object({
          title: words,
          text: words,
          actions: maybe(z.object({ url: address, textback: text })),
        }),
      ),
    }),
  ),
  datePicker: maybe(
    z.object({
      ...heading,
      availableTimes: listOf(z.object({ dateTime: words, duration: number })),
    }),
  ),
  listPicker: maybe(z.object({ receivedMessage: introduction, sections })),
  form: maybe(
    z.object({
      cannedResponseId: words,
      introduction,
      receivedMessage: introduction,
      replyMessage: introduction,
      showSummary: flag,
      /** Read by `formPages`. */
      formPages: list,
      /** In an answer alone. */
      response: listOf(z.object({ component: maybe(z.object({ buttonResponse: button })) })),
    }),
  ),
  template: maybe(
    z.object({
      header: maybe(z.object({ text: words })),
      body: maybe(z.object({ text: words })),
      footer: maybe(z.object({ text: words })),
      buttons: listOf(action),
    }),
  ),
  text: maybe(z.object({ body: words })),
  location: maybe(
    z.object({ url: address, address: words, text: words, latitude: words, longitude: words }),
  ),
  richLink: maybe(
    z.object({
      url: address,
      title: words,
      urlLabel: words,
      text: words,
      header: maybe(z.object({ type: words, value: words })),
    }),
  ),
  story: maybe(z.object({ url: address })),
  interactiveApplication: maybe(z.object({ name: words, receivedMessage: introduction })),
  paymentRequest: maybe(z.object({ receivedMessage: introduction })),
  list: maybe(z.object({ title: words })),
  mention: maybe(z.object({ nickname: words })),
});
export type ContentBody = z.infer<typeof contentBody>;

const asked = { id: words, title: words, subtitle: words, isRequired: flag };

/** Made for the first form: few conversations have any. */
export const formPages = lazy(() =>
  listOf(
    z.object({
      title: words,
      subtitle: words,
      pageComponents: listOf(
        z.object({
          input: maybe(
            z.object({
              ...asked,
              placeholderText: words,
              isMultipleLine: flag,
              keyboardType: words,
              autoCompleteType: words,
            }),
          ),
          datePicker: maybe(
            z.object({
              ...asked,
              dateMinimum: instant,
              dateMaximum: instant,
              dateDisplayFormat: words,
            }),
          ),
          listPicker: maybe(z.object({ ...asked, sections })),
          wheelPicker: maybe(
            z.object({
              ...asked,
              items: listOf(z.object({ id: words, title: words, value: words })),
            }),
          ),
        }),
      ),
    }),
  ),
);
export type FormPages = z.infer<ReturnType<typeof formPages>>;

/** `TooManyRequestsErrorMessage`, `GenerateUrlError`, `UploadFailureEvent` and `Error` alike. */
export const errorBody = z.object({
  errorCode: number,
  errorMessage: words,
  message: words,
  retryAfter: number,
  attachmentId: words,
  tracingId: words,
});

export const closedBody = z.object({ reason: words, reasonCode: words });

export const uploadBody = z.object({
  attachmentId: words,
  url: address,
  downloadUrl: address,
  headers: map,
  fileSize: number,
});

export const jwtBody = z.object({ jwt: words, exp: number });

export const historyBody = z.object({
  entities: z.catch(z.nullable(z.array(z.unknown())), null),
  total: number,
  pageNumber: number,
  pageSize: number,
  pageCount: number,
});

export const restErrorBody = z.object({ code: words, message: words });
