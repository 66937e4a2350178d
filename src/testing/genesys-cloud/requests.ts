import { z } from 'zod';

/**
 * Requests of clients of the Guest API. Unknown keys are ignored, as by the platform. What is optional
 * here is left out by a public client: see 'Other clients' in docs/genesys-cloud.md.
 */

const token = z.string().min(1).max(512);
const attributes = z.record(z.string(), z.string());
/** [OV] and [JV] send it beside the message, [MT] and the official web client in the message. */
const channel = z.looseObject({
  metadata: z.looseObject({ customAttributes: attributes.optional() }).optional(),
});

const event = z.looseObject({
  eventType: z.string(),
  presence: z.looseObject({ type: z.string() }).optional(),
  typing: z.looseObject({ type: z.string(), duration: z.number().optional() }).optional(),
});

const said = z.string().max(4_096);
const pressed = z.looseObject({
  type: z.string(),
  text: said,
  payload: said,
  originatingMessageId: z.string().optional(),
});
const form = z.looseObject({
  originatingMessageId: z.string(),
  response: z.array(
    z.looseObject({
      id: z.string(),
      component: z.looseObject({
        contentType: z.literal('ButtonResponse'),
        buttonResponse: pressed,
      }),
    }),
  ),
});

const message = z.looseObject({
  /** Missing with a file alone, as the official web client sends it [SC]. */
  type: z.enum(['Text', 'Structured', 'Event']).optional(),
  text: z.string().optional(),
  content: z
    .array(
      z.looseObject({
        contentType: z.string(),
        attachment: z.looseObject({ id: z.string() }).optional(),
        buttonResponse: pressed.optional(),
        form: form.optional(),
      }),
    )
    .optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  events: z.array(event).optional(),
  channel: channel.optional(),
});
export type SessionMessage = z.infer<typeof message>;

/** Required in [JV], and sent by [MT]. */
export const journeyContext = z.looseObject({
  customer: z.looseObject({ id: z.string(), idType: z.string() }),
  customerSession: z.looseObject({ id: z.string(), type: z.string() }),
});

const common = { token, tracingId: z.string().optional() };

export const requestSchema = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('configureSession'),
    ...common,
    deploymentId: z.string(),
    startNew: z.boolean().optional(),
    journeyContext: journeyContext.optional(),
    /** In [JV] without a description; accepted, and without effect here. */
    resumeToken: z.string().optional(),
  }),
  z.object({
    action: z.literal('configureAuthenticatedSession'),
    ...common,
    deploymentId: z.string(),
    startNew: z.boolean().optional(),
    /** [MT] sends a journey context, too, which [JV] has in the exchange only: it is ignored here. */
    data: z.object({ code: z.string() }),
  }),
  z.object({
    action: z.literal('onMessage'),
    ...common,
    message,
    channel: channel.optional(),
    /** Instead of attachments in the message's content [MC]. */
    attachmentIds: z.array(z.string()).optional(),
  }),
  z.object({
    action: z.literal('echo'),
    ...common,
    /** [MC] and an example of the official pages leave it out. */
    token: token.optional(),
    message: z.looseObject({ text: z.string().optional() }).optional(),
  }),
  z.object({ action: z.literal('getJwt'), ...common }),
  z.object({
    action: z.literal('getConfiguration'),
    ...common,
    /** Required in [JV], which asks before there is a session. */
    deploymentId: z.string().optional(),
  }),
  z.object({ action: z.literal('resumeToken'), ...common }),
  z.object({
    action: z.literal('closeSession'),
    ...common,
    closeAllConnections: z.boolean().optional(),
  }),
  z.object({
    action: z.literal('onAttachment'),
    ...common,
    /** [MT] chooses it; [JV], [BC] and [MC] let the platform do so. */
    attachmentId: z.string().min(1).optional(),
    fileName: z.string(),
    fileType: z.string(),
    fileSize: z.number().optional(),
  }),
  z.object({ action: z.literal('getAttachment'), ...common, attachmentId: z.string() }),
  z.object({ action: z.literal('deleteAttachment'), ...common, attachmentId: z.string() }),
]);
export type SessionRequest = z.infer<typeof requestSchema>;
export type MessageRequest = Extract<SessionRequest, { action: 'onMessage' }>;

const named = z.object({ action: z.string().catch('?') });

export type ReadRequest =
  | { readonly ok: true; readonly request: SessionRequest }
  | { readonly ok: false; readonly action: string; readonly reason: string };

export function readRequest(text: string): ReadRequest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { ok: false, action: '?', reason: 'no JSON' };
  }
  const request = requestSchema.safeParse(json);
  if (request.success) return { ok: true, request: request.data };
  const action = named.safeParse(json).data?.action ?? '?';
  const [issue] = request.error.issues;
  const where = issue && issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  return { ok: false, action, reason: `${where}${issue?.message ?? 'wrong shape'}` };
}

/** The message's type, or what its parts are. */
export function typeOf({ type, events, content }: SessionMessage): 'Text' | 'Structured' | 'Event' {
  if (type !== undefined) return type;
  if (events && events.length > 0) return 'Event';
  return content?.some(({ attachment }) => attachment === undefined) ? 'Structured' : 'Text';
}
