import type { FormField, ListSection, ReplyValue } from '../../../protocol/content.ts';
import { visitorLocale } from '../../languages/locale.ts';
import type { MessagesWithForm } from './messages.ts';

type DateField = Extract<FormField, { type: 'date' }>;

/** The key of an item in a list. Ids aren't unique. */
export function itemKey(section: number, item: number): string {
  return `${section}.${item}`;
}

/** The reply values of a field; none for a text or date that was left out. */
export function valuesOf(
  field: FormField,
  filled: readonly string[],
  texts: MessagesWithForm,
): readonly ReplyValue[] {
  const { id } = field;
  switch (field.type) {
    case 'text': {
      const text = (filled[0] ?? '').trim();
      return text === '' ? [] : [{ id, text, payload: text }];
    }
    case 'date': {
      const day = filled[0] ?? '';
      if (day === '') return [];
      const payload = `${day}T00:00:00.000Z`;
      return [{ id, text: dayText(payload, field.parts, texts), payload }];
    }
    // A picker without an answer is returned empty, as the official client does ([SC]).
    case 'list': {
      const chosen = chosenOf(field.sections, filled).map((value) => ({ ...value, id }));
      return chosen.length > 0 ? chosen : [{ id, text: '', payload: '' }];
    }
    case 'choice': {
      const item = field.items[Number(filled[0] || Number.NaN)];
      return [{ id, text: item?.title ?? '', payload: item?.id ?? '' }];
    }
  }
}

/** The chosen items, in their order in the list. */
export function chosenOf(
  sections: readonly ListSection[],
  filled: readonly string[],
): readonly ReplyValue[] {
  return sections.flatMap(({ items }, section) =>
    items.flatMap(({ id: payload, title: text }, item) =>
      filled.includes(itemKey(section, item)) ? [{ id: '', text, payload }] : [],
    ),
  );
}

/**
 * Validates a field.
 *
 * @param isUnreadable whether the browser can't parse the input, such as half a date
 * @returns the error's text, or `null` if the field is valid
 */
export function validate(
  field: FormField,
  filled: readonly string[],
  isUnreadable: boolean,
  { form }: MessagesWithForm,
): string | null {
  if (isUnreadable) return field.type === 'date' ? form.invalidDate : form.invalid;
  const value = (filled[0] ?? '').trim();
  if (value === '') {
    if (!field.isRequired) return null;
    return field.type === 'list' || field.type === 'choice' ? form.chooseOne : form.empty;
  }
  if (field.type === 'text') {
    if (value.length > field.maximumLength) return form.atMost(field.maximumLength);
    return field.keyboard !== 'email' || /^\S+@\S+$/.test(value) ? null : form.invalidEmail;
  }
  if (field.type !== 'date') return null;
  const isEarly = field.earliest !== null && value < field.earliest;
  const isLate = field.latest !== null && value > field.latest;
  return isEarly || isLate ? form.invalid : null;
}

/** 'May 1, 2026 – June 3, 2026'; empty if every date is valid. */
export function dateRangeText({ earliest, latest }: DateField, texts: MessagesWithForm): string {
  const [from, to] = [earliest, latest].map((day) => (day === null ? '' : dayText(day, [], texts)));
  return from || to ? `${from} – ${to}`.trim() : '';
}

function dayText(day: string, parts: DateField['parts'], { language }: MessagesWithForm): string {
  const shown = parts.length > 0 ? parts : (['day', 'month', 'year'] as const);
  return new Intl.DateTimeFormat(visitorLocale(language), {
    ...(shown.includes('day') ? { day: 'numeric' } : {}),
    ...(shown.includes('month') ? { month: 'long' } : {}),
    ...(shown.includes('year') ? { year: 'numeric' } : {}),
    timeZone: 'UTC',
  }).format(Date.parse(day));
}
