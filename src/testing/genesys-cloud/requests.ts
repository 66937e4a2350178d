import { z } from 'zod';

/** Requests of clients of the Guest API. Unknown keys are ignored, as by the platform. */

const token = z.string().min(1).max(512);
const attributes = z.record(z.string(), z.string());

const event = z.looseObject({
  eventType: z.string(),
  presence: z.looseObject({ type: z.string() }).optional(),
  typing: z.looseObject({ type: z.string() }).optional(),
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
  type: z.enum(['Text', 'Structured', 'Event']),
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
  channel: z
    .looseObject({ metadata: z.looseObject({ customAttributes: attributes }).optional() })
    .optional(),
});
export type SessionMessage = z.infer<typeof message>;

const common = { token, tracingId: z.string().optional() };

export const requestSchema = z.discriminatedUnion('action', [
  z.object({
    action: z.literal('configureSession'),
    ...common,
    deploymentId: z.string(),
    startNew: z.boolean().optional(),
  }),
  z.object({
    action: z.literal('configureAuthenticatedSession'),
    ...common,
    deploymentId: z.string(),
    startNew: z.boolean().optional(),
    data: z.object({ code: z.string() }),
  }),
  z.object({ action: z.literal('onMessage'), ...common, message }),
  z.object({ action: z.literal('echo'), ...common, message: z.looseObject({ text: z.string() }) }),
  z.object({ action: z.literal('getJwt'), ...common }),
  z.object({ action: z.literal('getConfiguration'), ...common }),
  z.object({ action: z.literal('disconnectCustomer'), ...common }),
  z.object({
    action: z.literal('closeSession'),
    ...common,
    closeAllConnections: z.boolean().optional(),
  }),
  z.object({
    action: z.literal('onAttachment'),
    ...common,
    attachmentId: z.string(),
    fileName: z.string(),
    fileType: z.string(),
    fileSize: z.number().optional(),
  }),
  z.object({ action: z.literal('getAttachment'), ...common, attachmentId: z.string() }),
  z.object({ action: z.literal('deleteAttachment'), ...common, attachmentId: z.string() }),
]);
export type SessionRequest = z.infer<typeof requestSchema>;

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
  return { ok: false, action, reason: request.error.issues[0]?.message ?? 'wrong shape' };
}
