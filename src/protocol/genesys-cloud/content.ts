import type { Attachment, Card, Choice, Content } from '../content.ts';
import {
  type Action,
  type CardBody,
  type ContentBody,
  contentBody,
  type QuickReplyBody,
} from './schemas.ts';

/** What the `content` list of a StructuredMessage says. Parts that are no objects are left out. */
export function toContent(parts: readonly unknown[]): Content[] {
  const bodies = parts.flatMap((part) => {
    const body = contentBody.safeParse(part);
    return body.success ? [body.data] : [];
  });
  // Quick replies come one by one, and are one offer.
  const replies = bodies.flatMap(({ quickReply }) => (quickReply ? [toReply(quickReply)] : []));
  const offer: Content[] = replies.length > 0 ? [choices(null, replies)] : [];
  return [...bodies.flatMap(toOne), ...offer];
}

function toOne(body: ContentBody): Content[] {
  if (body.quickReply) return [];
  if (body.attachment) return [toAttachment(body.attachment)];
  if (body.quickReplyV2) {
    return [choices(body.quickReplyV2.title, body.quickReplyV2.actions.map(toReply))];
  }
  if (body.buttonResponse) {
    const { type, text, payload } = body.buttonResponse;
    return [
      { type: 'answer', kind: type ?? '', text: text ?? payload ?? '', payload: payload ?? '' },
    ];
  }
  if (body.card) return [{ type: 'cards', cards: [toCard(body.card)] }];
  if (body.carousel) return [{ type: 'cards', cards: body.carousel.cards.map(toCard) }];
  if (body.generic) return [toGeneric(body.generic)];
  if (body.datePicker) return [toTimes(body.datePicker)];
  if (body.listPicker) return [toList(body.listPicker)];
  return toRest(body);
}

function choices(title: string | null, replies: readonly Choice[]): Content {
  return { type: 'choices', title, choices: [...replies] };
}

function toReply({ text, payload, image }: QuickReplyBody): Choice {
  const shown = text ?? payload ?? '';
  return { type: 'reply', text: shown, payload: payload ?? shown, url: null, imageUrl: image };
}

function toAttachment(body: NonNullable<ContentBody['attachment']>): Attachment {
  return {
    type: 'attachment',
    attachmentId: body.id ?? '',
    url: body.url,
    name: body.filename ?? body.id ?? '',
    kind: attachmentKind(body.mediaType, body.mime),
    mime: body.mime,
    size: body.fileSize ?? body.contentSizeBytes,
    text: body.text,
  };
}

function attachmentKind(mediaType: string | null, mime: string | null): Attachment['kind'] {
  const kinds = ['image', 'audio', 'video', 'link'] as const;
  const told = mediaType?.toLowerCase() ?? '';
  const family = mime?.toLowerCase().split('/')[0] ?? '';
  return kinds.find((kind) => kind === told) ?? kinds.find((kind) => kind === family) ?? 'file';
}

/** An action that leads nowhere is left out. */
function toChoice({ type, text, url, payload, image }: Action): Choice[] {
  const isLink = type?.toLowerCase() === 'link';
  if (isLink && url === null) return [];
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

function toCard({ title, description, image, defaultAction, actions }: CardBody): Card {
  const [link] = defaultAction ? toChoice(defaultAction) : [];
  return {
    title: title ?? '',
    description,
    imageUrl: image,
    link: link?.type === 'link' ? link : null,
    choices: actions.flatMap(toChoice),
  };
}

function toGeneric(body: NonNullable<ContentBody['generic']>): Content {
  const link = body.actions?.url ?? null;
  const title = body.title ?? '';
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
        choices: buttons,
      },
    ],
  };
}

function toTimes(body: NonNullable<ContentBody['datePicker']>): Content {
  const { title, subtitle, imageUrl, availableTimes } = body;
  const times = availableTimes.flatMap(({ dateTime, duration }) => {
    const at = dateTime === null ? Number.NaN : Date.parse(dateTime);
    return dateTime === null || Number.isNaN(at) ? [] : [{ dateTime, at, duration }];
  });
  return { type: 'times', title, subtitle, imageUrl, times };
}

function toList({ receivedMessage, sections }: NonNullable<ContentBody['listPicker']>): Content {
  return {
    type: 'list',
    title: receivedMessage?.title ?? null,
    subtitle: receivedMessage?.subtitle ?? null,
    sections: sections.map(({ title, multipleSelection, items }) => ({
      title,
      isMultiple: multipleSelection,
      items: items.map((item) => ({
        id: item.id ?? item.title ?? '',
        title: item.title ?? item.id ?? '',
        subtitle: item.subtitle,
        imageUrl: item.imageUrl,
      })),
    })),
  };
}

function toRest({ contentType, text, location, richLink, form }: ContentBody): Content[] {
  // Its words are those of the message.
  if (text) return [];
  const link = location ?? richLink;
  if (link?.url) {
    const shown = location?.address ?? location?.text ?? richLink?.title ?? link.url;
    return [{ type: 'link', url: link.url, text: shown }];
  }
  const title = form?.introduction?.title ?? form?.receivedMessage?.title ?? null;
  return [{ type: 'unsupported', name: contentType ?? 'unknown', title }];
}

/** Words that stand in a content part of their own. */
export function textInContent(parts: readonly unknown[]): string {
  const found = parts.flatMap((part) => {
    const body = contentBody.safeParse(part);
    return body.success && body.data.text?.body ? [body.data.text.body] : [];
  });
  return found.join('\n');
}
