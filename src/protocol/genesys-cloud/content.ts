import type { Attachment, Card, Choice, Content } from '../content.ts';
import { dayOf, toForm, toSections } from './forms.ts';
import {
  type Action,
  type CardBody,
  type ContentBody,
  contentBody,
  type QuickReplyBody,
} from './schemas.ts';

/** Converts the `content` array of a StructuredMessage. Parts that are not objects are left out. */
export function toContent(parts: readonly unknown[], isVisitors: boolean): Content[] {
  const bodies = parts.flatMap((part) => {
    const body = contentBody.safeParse(part);
    return body.success ? [body.data] : [];
  });
  // Each quick reply is a part of its own; together they are one set of choices.
  const replies = bodies.flatMap(({ quickReply }) => (quickReply ? toReplies(quickReply) : []));
  // Some flows send quick replies in the form of their answers.
  const fromAnswers = isVisitors ? [] : bodies.flatMap(toQuickReplies);
  const all = replies.length > 0 ? replies : fromAnswers;
  const combined: Content[] = all.length > 0 ? [choices(null, all)] : [];
  return [...bodies.flatMap((body) => toParts(body, isVisitors)), ...combined];
}

function toQuickReplies({ buttonResponse }: ContentBody): Choice[] {
  if (!buttonResponse || !isQuickReply(buttonResponse.type)) return [];
  return toReplies({ ...buttonResponse, image: null });
}

function isQuickReply(type: string | null): boolean {
  return type?.toLowerCase() === 'quickreply';
}

function toParts(body: ContentBody, isVisitors: boolean): Content[] {
  if (body.quickReply) return [];
  if (body.attachment) return [toAttachment(body.attachment)];
  if (body.quickReplyV2) {
    return [choices(body.quickReplyV2.title, body.quickReplyV2.actions.flatMap(toReplies))];
  }
  const answer = body.buttonResponse ?? body.postback;
  if (answer) return !isVisitors && isQuickReply(answer.type) ? [] : [toAnswer(answer)];
  if (body.form) {
    const { response } = body.form;
    if (isVisitors || response.length > 0) return response.flatMap(toValue);
    const form = toForm(body.form);
    return form.pages.length > 0 ? [form] : toFallback(body);
  }
  if (body.card) return [{ type: 'cards', cards: [toCard(body.card)] }];
  if (body.carousel) {
    const { cards } = body.carousel;
    return cards.length > 0 ? [{ type: 'cards', cards: cards.map(toCard) }] : [];
  }
  // Its text becomes the text of the message.
  if (body.template) {
    const buttons = body.template.buttons.flatMap(toChoice);
    return buttons.length > 0 ? [choices(null, buttons)] : [];
  }
  if (body.generic) return [toGeneric(body.generic)];
  if (body.datePicker) return [toTimes(body.datePicker)];
  if (body.listPicker) return [toList(body.listPicker)];
  return toFallback(body);
}

function toAnswer({ type, text, payload }: NonNullable<ContentBody['buttonResponse']>) {
  return {
    type: 'answer' as const,
    kind: type ?? '',
    text: text ?? payload ?? '',
    payload: payload ?? '',
  };
}

/** One value of a submitted form. */
function toValue({
  component,
}: NonNullable<ContentBody['form']>['response'][number]): readonly Content[] {
  const answer = component?.buttonResponse;
  if (!answer || !(answer.text ?? answer.payload)) return [];
  return [{ ...toAnswer(answer), kind: 'form' }];
}

function choices(title: string | null, replies: readonly Choice[]): Content {
  return { type: 'choices', title, choices: [...replies] };
}

/** A quick reply without text or payload is left out. */
function toReplies({ text, payload, image }: QuickReplyBody): Choice[] {
  const shown = text ?? payload ?? '';
  if (shown === '') return [];
  return [{ type: 'reply', text: shown, payload: payload ?? shown, url: null, imageUrl: image }];
}

function toAttachment(body: NonNullable<ContentBody['attachment']>): Attachment {
  return {
    type: 'attachment',
    attachmentId: body.id ?? '',
    url: body.url,
    name: body.filename ?? body.fileName ?? body.id ?? '',
    kind: attachmentKind(body.mediaType, body.mime),
    mime: body.mime,
    size: body.fileSize ?? body.contentSizeBytes,
    text: body.text,
  };
}

function attachmentKind(mediaType: string | null, mime: string | null): Attachment['kind'] {
  const kinds = ['image', 'audio', 'video', 'link'] as const;
  const type = mediaType?.toLowerCase() ?? '';
  const family = mime?.toLowerCase().split('/')[0];
  const names = [type, type.split('/')[0], family];
  return kinds.find((kind) => names.includes(kind)) ?? 'file';
}

const linkTypes = new Set(['link', 'url']);

/** Actions that send a reply; so do actions without a type. */
const replyTypes = new Set(['postback', 'button', 'quickreply', 'textback', 'reply', '']);

/** Links without a URL, and actions of other types, are left out. */
function toChoice({ type, text, url, payload, image }: Action): Choice[] {
  const kindOfAction = type?.toLowerCase() ?? '';
  const isLink = linkTypes.has(kindOfAction);
  if (isLink ? url === null : !replyTypes.has(kindOfAction)) return [];
  const shown = text ?? payload ?? url ?? '';
  const kind = isLink ? 'link' : 'reply';
  return [
    {
      type: kind,
      text: shown,
      payload: payload ?? shown,
      url: isLink ? url : null,
      imageUrl: image,
    },
  ];
}

function toCard({ title, description, image, video, defaultAction, actions }: CardBody): Card {
  // Without a text of its own, pressing the card says its title.
  const [link] = defaultAction
    ? toChoice({ ...defaultAction, text: defaultAction.text ?? title })
    : [];
  return {
    title: title ?? '',
    description,
    imageUrl: image,
    ...(video === null ? {} : { videoUrl: video }),
    link: link ?? null,
    choices: actions.flatMap(toChoice),
  };
}

function toGeneric(body: NonNullable<ContentBody['generic']>): Content {
  const link = body.actions?.url ?? null;
  const title = body.title ?? '';
  const textback = link === null ? (body.actions?.textback ?? null) : null;
  const own: Choice[] =
    textback === null
      ? []
      : [{ type: 'reply', text: title || textback, payload: textback, url: null, imageUrl: null }];
  const buttons = body.components.flatMap(({ title: label, text, actions }): Choice[] => {
    const shown = label ?? text ?? '';
    if (actions?.url) {
      return [{ type: 'link', text: shown, payload: shown, url: actions.url, imageUrl: null }];
    }
    return [
      {
        type: 'reply',
        text: shown,
        payload: actions?.textback ?? shown,
        url: null,
        imageUrl: null,
      },
    ];
  });
  return {
    type: 'cards',
    cards: [
      {
        title,
        description: body.description,
        imageUrl: body.image,
        link:
          link === null
            ? null
            : { type: 'link', text: title, payload: title, url: link, imageUrl: null },
        choices: [...own, ...buttons],
      },
    ],
  };
}

function toTimes(body: NonNullable<ContentBody['datePicker']>): Content {
  const { title, subtitle, imageUrl, dateMinimum, dateMaximum, availableTimes } = body;
  const [earliest, latest] = [dayOf(dateMinimum), dayOf(dateMaximum)];
  const times = availableTimes.flatMap(({ dateTime, duration }) => {
    const at = dateTime === null ? Number.NaN : Date.parse(dateTime);
    return dateTime === null || Number.isNaN(at) ? [] : [{ dateTime, at, duration }];
  });
  return {
    type: 'times',
    title,
    subtitle,
    imageUrl,
    ...(earliest === null ? {} : { earliest }),
    ...(latest === null ? {} : { latest }),
    times,
  };
}

function toList({
  receivedMessage: received,
  replyMessage,
  sections,
}: NonNullable<ContentBody['listPicker']>): Content {
  return {
    type: 'list',
    title: received?.title ?? null,
    subtitle: received?.subtitle ?? null,
    ...(received?.imageUrl ? { imageUrl: received.imageUrl } : {}),
    ...(replyMessage?.title ? { reply: replyMessage.title } : {}),
    sections: toSections(sections),
  };
}

function toFallback(body: ContentBody): Content[] {
  // Its text becomes the text of the message.
  if (body.text) return [];
  const title = titleOf(body);
  const url = body.location?.url ?? body.richLink?.url ?? body.story?.url ?? null;
  if (url !== null) return [{ type: 'link', url, text: title ?? url }];
  return [{ type: 'unsupported', name: body.contentType ?? 'unknown', title }];
}

function titleOf(body: ContentBody): string | null {
  const { location, richLink, form, interactiveApplication, paymentRequest, list, mention } = body;
  const header = richLink?.header?.type?.toLowerCase() === 'text' ? richLink.header.value : null;
  const place =
    location?.latitude != null && location.longitude != null
      ? `${location.latitude}, ${location.longitude}`
      : null;
  return (
    location?.address ??
    location?.text ??
    place ??
    header ??
    richLink?.title ??
    richLink?.urlLabel ??
    richLink?.text ??
    form?.receivedMessage?.title ??
    form?.introduction?.title ??
    interactiveApplication?.receivedMessage?.title ??
    interactiveApplication?.name ??
    paymentRequest?.receivedMessage?.title ??
    list?.title ??
    mention?.nickname ??
    null
  );
}

/** Text in content parts, for messages whose own text is empty. */
export function textInContent(parts: readonly unknown[]): string {
  const found = parts.flatMap((part) => {
    const body = contentBody.safeParse(part);
    if (!body.success) return [];
    const { text, template } = body.data;
    const texts = [
      text?.body,
      template?.header?.text,
      template?.body?.text,
      template?.footer?.text,
    ];
    return texts.filter((one): one is string => one != null);
  });
  return found.join('\n');
}
