import { literal, z } from '../protocol/zod.ts';

/** The BroadcastChannel of inspectors and hubs. */
export const inspectorChannel = 'partyline-inspector';

const id = z.string();

export const requestSchema = z.object({
  type: z.enum(['poll', 'record']),
  /** Repeated in the answer. */
  id,
  /** The number of the first step to return. */
  since: z.number(),
});
export type InspectorRequest = z.infer<typeof requestSchema>;

/** An input of the core and its effects, with masked texts. */
const stepSchema = z.object({
  /** Counted from the hub's boot. */
  number: z.number(),
  /** Monotonic ms. */
  now: z.number(),
  /** Epoch ms. */
  wall: z.number(),
  input: z.looseObject({ type: z.string() }),
  effects: z.array(z.looseObject({ type: z.string() })),
});
export type RecordedStep = z.infer<typeof stepSchema>;

const statusSchema = z.object({
  phase: z.string(),
  epoch: z.string(),
  build: z.string(),
  revision: z.number(),
  /** Messages in memory. */
  window: z.number(),
  unread: z.number(),
  tabs: z.array(
    z.object({
      tabId: z.string(),
      isVisible: z.boolean(),
      /** The number of patches that can be sent before the tab must acknowledge some. */
      credit: z.number(),
      needsPull: z.boolean(),
    }),
  ),
  outbox: z.array(z.object({ messageId: z.string(), stage: z.string() })),
  timers: z.array(z.object({ name: z.string(), /** In ms. */ due: z.number() })),
});
export type Status = z.infer<typeof statusSchema>;

/** A recording that the simulator can replay. */
export const recordingSchema = z.object({
  format: literal('partyline-recording'),
  version: z.number(),
  build: z.string(),
  /** Whether the dialect authenticates by session. */
  isSession: z.boolean(),
  /** The core's state before the first step. */
  start: z.looseObject({ settings: z.looseObject({ epoch: z.string() }) }),
  steps: z.array(stepSchema),
});
export type Recording = z.infer<typeof recordingSchema>;

/** The version of the recording format. Other versions can't be read. */
export const recordingVersion = 1;

export const updateSchema = z.object({
  type: literal('update'),
  id,
  status: statusSchema,
  steps: z.array(stepSchema),
  /** The next `since`. */
  next: z.number(),
});
export type InspectorUpdate = z.infer<typeof updateSchema>;

export const recordedSchema = z.object({
  type: literal('recorded'),
  id,
  epoch: z.string(),
  recording: recordingSchema,
});
export type Recorded = z.infer<typeof recordedSchema>;
