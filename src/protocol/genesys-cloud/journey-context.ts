import { exactOptional, looseObject, refine, string } from 'zod/mini';
import { isJson } from '../json.ts';
import { utf8Length } from '../utf8.ts';

/** In UTF-8 bytes as JSON. The platform names no limit; a frame has one. */
const maximumBytes = 4_096;

/**
 * What the platform knows of `journeyContext` [JV]; it takes further keys. Strings are required where the
 * schemas require them: a context that the platform rejects would cost the conversation.
 */
export const journeyContextSchema = looseObject({
  customer: exactOptional(looseObject({ id: string(), idType: string() })),
  customerSession: exactOptional(looseObject({ id: string(), type: string() })),
  triggeringAction: exactOptional(
    looseObject({ id: string(), actionMap: looseObject({ id: string() }) }),
  ),
}).check(
  refine(isJson, 'must be JSON'),
  refine(
    (context) => !isJson(context) || utf8Length(JSON.stringify(context)) <= maximumBytes,
    `must have at most ${maximumBytes} bytes as JSON`,
  ),
);
