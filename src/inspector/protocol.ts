import {
  enum as _enum,
  array,
  boolean,
  type infer as Infer,
  literal,
  looseObject,
  number,
  object,
  string,
} from 'zod/mini';

/** The BroadcastChannel of inspectors and hubs. */
export const inspectorChannel = 'partyline-inspector';

const id = string();

export const requestSchema = object({
  type: _enum(['poll', 'record']),
  /** Repeated in the answer. */
  id,
  /** The number of the first step to return. */
  since: number(),
  /** Of the hub that is to answer. */
  hubName: string(),
});
export type InspectorRequest = Infer<typeof requestSchema>;

/** An input of the core and its effects, with masked texts. */
const stepSchema = object({
  /** Counted from the hub's boot. */
  number: number(),
  /** Monotonic ms. */
  now: number(),
  /** Epoch ms. */
  wall: number(),
  input: looseObject({ type: string() }),
  effects: array(looseObject({ type: string() })),
});
export type RecordedStep = Infer<typeof stepSchema>;

const statusSchema = object({
  phase: string(),
  epoch: string(),
  build: string(),
  revision: number(),
  /** Messages in memory. */
  window: number(),
  unread: number(),
  tabs: array(
    object({
      tabId: string(),
      isVisible: boolean(),
      /** The number of patches that can be sent before the tab must acknowledge some. */
      credit: number(),
      needsPull: boolean(),
    }),
  ),
  outbox: array(object({ messageId: string(), stage: string() })),
  timers: array(object({ name: string(), /** In ms. */ due: number() })),
});
export type Status = Infer<typeof statusSchema>;

/** A recording that the simulator can replay. */
export const recordingSchema = object({
  format: literal('partyline-recording'),
  version: number(),
  build: string(),
  /** Whether the dialect authenticates by session. */
  isSession: boolean(),
  /** The core's state before the first step. */
  start: looseObject({ settings: looseObject({ bootId: string() }) }),
  steps: array(stepSchema),
});
export type Recording = Infer<typeof recordingSchema>;

/** The version of the recording format. Other versions can't be read. */
export const recordingVersion = 1;

export const updateSchema = object({
  type: literal('update'),
  id,
  status: statusSchema,
  steps: array(stepSchema),
  /** The next `since`. */
  next: number(),
});
export type InspectorUpdate = Infer<typeof updateSchema>;

export const recordedSchema = object({
  type: literal('recorded'),
  id,
  epoch: string(),
  recording: recordingSchema,
});
export type Recorded = Infer<typeof recordedSchema>;
