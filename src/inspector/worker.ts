import { patchCredit } from '../protocol/port.ts';
import type { HubObserver, ObservedStep } from '../worker/core/observer.ts';
import type { HubState } from '../worker/core/state.ts';
import { epochOf } from '../worker/core/tabs/snapshot.ts';
import { Masker } from './mask.ts';
import {
  type InspectorRequest,
  type InspectorUpdate,
  inspectorChannel,
  type Recorded,
  recordedSchema,
  recordingVersion,
  requestSchema,
  type Status,
  updateSchema,
} from './protocol.ts';

export type { HubObserver } from '../worker/core/observer.ts';

export interface InspectableOptions {
  /** The minimum number of latest steps kept in memory for a recording, once there are as many. @default 2_000 */
  readonly steps?: number;
}

/** The maximum number of steps in one answer. */
const maximumStepsPerUpdate = 200;

/**
 * Makes a hub visible to `<partyline-inspector>`: `startHub({ …, inspect: inspectable() })`.
 *
 * Every page of the origin can read it. Texts, names and attributes are masked before they leave the worker,
 * but ids, times and lengths are visible. Without an inspector, the only cost is memory.
 */
export function inspectable({ steps = 2_000 }: InspectableOptions = {}): HubObserver {
  return new Recorder(steps);
}

class Recorder implements HubObserver {
  readonly #limit: number;
  readonly #channel = new BroadcastChannel(inspectorChannel);
  #steps: ObservedStep[] = [];
  /** The number of the first step in memory. */
  #first = 0;
  /** Masks the stream. Each recording has its own masker. */
  #masker = new Masker();

  constructor(limit: number) {
    this.#limit = limit;
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => {
      const request = requestSchema.safeParse(data);
      // The channel also carries other hubs' answers.
      if (request.success) this.#answer(request.data);
    };
  }

  onStep(step: ObservedStep): void {
    this.#steps.push(step);
    if (this.#steps.length < 2 * this.#limit) return;
    this.#first += this.#limit;
    this.#steps = this.#steps.slice(this.#limit);
  }

  #answer({ type, id, since, hubName }: InspectorRequest): void {
    const last = this.#steps.at(-1);
    if (!last || last.after.settings.name !== hubName) return;
    if (type === 'poll') this.#channel.postMessage(this.#update(id, since, last));
    else this.#channel.postMessage(this.#recorded(id, last));
  }

  #update(id: string, since: number, last: ObservedStep): InspectorUpdate {
    const from = Math.max(0, Math.min(since - this.#first, this.#steps.length));
    const wanted = this.#steps.slice(from, from + maximumStepsPerUpdate);
    // Start over with a new inspector, so that the masker's memory doesn't grow without limit.
    if (since <= this.#first) this.#masker = new Masker();
    return updateSchema.parse({
      type: 'update',
      id,
      status: statusOf(last.after, last.clock.now),
      steps: wanted.map((step, index) => this.#masked(this.#masker, step, from + index)),
      next: this.#first + from + wanted.length,
    });
  }

  #recorded(id: string, last: ObservedStep): Recorded {
    const masker = new Masker();
    const { settings } = last.after;
    return recordedSchema.parse({
      type: 'recorded',
      id,
      epoch: epochOf(last.after),
      recording: {
        format: 'partyline-recording',
        version: recordingVersion,
        build: settings.build,
        isSession: settings.traits.authentication === 'session',
        start: masker.maskInput(this.#steps[0]?.before),
        steps: this.#steps.map((step, index) => this.#masked(masker, step, index)),
      },
    });
  }

  #masked(masker: Masker, { input, clock, effects }: ObservedStep, index: number): unknown {
    return {
      number: this.#first + index,
      ...clock,
      input: masker.maskInput(input),
      effects: masker.maskEffects(effects),
    };
  }
}

function statusOf(state: HubState, now: number): Status {
  const { connection, settings, revision, window, unread, tabs, outbox, timers } = state;
  return {
    phase: connection.phase === 'online' ? `online, ${connection.session.stage}` : connection.phase,
    epoch: epochOf(state),
    build: settings.build,
    revision,
    window: window.length,
    unread: unread.count,
    tabs: tabs.map(({ tabId, isVisible, unacknowledged, needsPull }) => ({
      tabId,
      isVisible,
      credit: patchCredit - unacknowledged,
      needsPull,
    })),
    outbox: outbox.map(({ messageId, at }) => ({ messageId, stage: at.stage })),
    timers: Object.entries(timers).map(([name, at]) => ({ name, due: Math.round(at - now) })),
  };
}
