import type { Routing } from '../gateway/model.ts';
import type { MessageRequest } from './requests.ts';

/** Custom attributes beside the message, and in it. */
export function attributesOf({
  channel,
  message,
}: MessageRequest): Readonly<Record<string, string>> | undefined {
  const beside = channel?.metadata?.customAttributes;
  const within = message.channel?.metadata?.customAttributes;
  return beside || within ? { ...beside, ...within } : undefined;
}

/** The routing, as a deployment's flow would derive it from the attributes. */
export function routingOf(
  attributes: Readonly<Record<string, string>> = {},
  byDefault = 'default',
): Routing {
  const { skillGroups = '', priority, ...rest } = attributes;
  const names = skillGroups.split(',').filter((name) => name !== '');
  const number = Number(priority ?? '0');
  return {
    skillGroups: names.length > 0 ? names : [byDefault],
    attributes: rest,
    ...(Number.isInteger(number) && number > 0 ? { priority: number } : {}),
  };
}
