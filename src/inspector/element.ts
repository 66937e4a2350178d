import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { bootOf } from '../protocol/epoch.ts';
import {
  type InspectorRequest,
  inspectorChannel,
  type RecordedStep,
  type Recording,
  recordedSchema,
  type Status,
  updateSchema,
} from './protocol.ts';
import { styles } from './styles.ts';

/** The interval at which the hub is polled, in ms. */
const pollInterval = 500;

/** The maximum number of steps shown. A recording has more. */
const maximumShown = 500;

/** The time without an answer, in ms, after which no hub is assumed to run with `inspect`. */
const hubTimeout = 2_500;

const groups = {
  all: () => true,
  calls: ({ input }: RecordedStep) => input.type === 'call',
  gateway: ({ input }: RecordedStep) => /^(gateway|socket|rest|token)/.test(input.type),
  tabs: ({ input }: RecordedStep) => input.type.startsWith('tab-'),
  store: ({ input }: RecordedStep) => /^(restored|stored|store-|earlier-read)/.test(input.type),
  timers: ({ input }: RecordedStep) => input.type === 'timer',
} as const;
type Group = keyof typeof groups;

function isGroup(name: string): name is Group {
  return Object.hasOwn(groups, name);
}

/**
 * `<partyline-inspector>`: a live view of the origin's hub for developers. Shows its state, tabs, outbox and
 * timers, and the stream of inputs and effects with masked texts. The hub must be started with
 * `inspect: inspectable()`.
 */
export class PartylineInspectorElement extends LitElement {
  static override styles = styles;

  static override properties = {
    hubName: { attribute: 'hub-name' },
    status: { state: true },
    steps: { state: true },
    group: { state: true },
    isPaused: { state: true },
    isHubMissing: { state: true },
  };

  /** The `name` of the hub, for origins with several. @default '' */
  declare hubName: string;
  declare status: Status | null;
  declare steps: readonly RecordedStep[];
  declare group: Group;
  declare isPaused: boolean;
  declare isHubMissing: boolean;
  #channel: BroadcastChannel | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Identifies this inspector's requests. */
  readonly #id = globalThis.crypto.randomUUID();
  #next = 0;
  #lastAnswerAt = 0;
  #download: ((recording: Recording) => void) | null = null;

  constructor() {
    super();
    this.hubName = '';
    this.status = null;
    this.steps = [];
    this.group = 'all';
    this.isPaused = false;
    this.isHubMissing = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#channel = new BroadcastChannel(inspectorChannel);
    this.#channel.onmessage = ({ data }: MessageEvent<unknown>) => this.#onMessage(data);
    this.#lastAnswerAt = performance.now();
    this.#timer = setInterval(() => this.#request('poll'), pollInterval);
    this.#request('poll');
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
    this.#channel?.close();
    this.#channel = null;
  }

  /** Requests a recording of the hub's latest steps, for `npm run simulate -- --replay`. */
  record(): Promise<Recording> {
    return new Promise((resolve) => {
      this.#download = resolve;
      this.#request('record');
    });
  }

  #request(type: InspectorRequest['type']): void {
    this.isHubMissing = performance.now() - this.#lastAnswerAt > hubTimeout;
    if (this.isPaused && type === 'poll') return;
    const request: InspectorRequest = {
      type,
      id: this.#id,
      since: this.#next,
      hubName: this.hubName,
    };
    this.#channel?.postMessage(request);
  }

  #onMessage(data: unknown): void {
    const update = updateSchema.safeParse(data);
    if (update.success && update.data.id === this.#id) {
      this.#lastAnswerAt = performance.now();
      const { status, steps, next } = update.data;
      // A new hub numbers its steps from 0.
      const isAnother = this.status !== null && bootOf(this.status.epoch) !== bootOf(status.epoch);
      this.steps = [...(isAnother ? [] : this.steps), ...steps].slice(-maximumShown);
      this.#next = isAnother ? 0 : next;
      this.status = status;
      return;
    }
    const recorded = recordedSchema.safeParse(data);
    if (!recorded.success || recorded.data.id !== this.#id) return;
    this.#download?.(recorded.data.recording);
    this.#download = null;
  }

  protected override render(): TemplateResult {
    const { status } = this;
    return html`
      ${this.isHubMissing ? html`<p role="status">No hub found. Open a page with the chat, and start the hub with <code>inspect</code>.</p>` : nothing}
      ${status ? this.#overview(status) : nothing}
      ${this.#log()}
    `;
  }

  #overview({ phase, epoch, build, revision, window, unread, ...lists }: Status): TemplateResult {
    const facts = {
      State: phase,
      Epoch: epoch,
      Build: build,
      Revision: revision,
      'Messages in memory': window,
      Unread: unread,
    };
    return html`
      <dl>
        ${Object.entries(facts).map(([name, fact]) => html`<div><dt>${name}</dt><dd>${fact}</dd></div>`)}
      </dl>
      <div class="lists">
        ${list(
          'Tabs',
          lists.tabs.map(({ tabId, isVisible, credit, needsPull }) => [
            tabId.slice(0, 8),
            `${isVisible ? 'visible' : 'hidden'}, ${needsPull ? 'paused' : `${credit} updates left`}`,
          ]),
        )}
        ${list(
          'Outbox',
          lists.outbox.map(({ messageId, stage }) => [messageId.slice(0, 8), stage]),
        )}
        ${list(
          'Timers',
          lists.timers.map(({ name, due }) => [name, `in ${(due / 1_000).toFixed(1)} s`]),
        )}
      </div>
    `;
  }

  #log(): TemplateResult {
    const shown = this.steps.filter(groups[this.group]);
    return html`
      <div class="tools">
        <h2 id="steps">Events</h2>
        <label>
          <span class="soft">Show</span>
          <select @change=${this.#choose}>
            ${Object.keys(groups).map((name) => html`<option ?selected=${name === this.group}>${name}</option>`)}
          </select>
        </label>
        <button type="button" aria-pressed=${this.isPaused ? 'true' : 'false'} @click=${this.#pause}>Pause</button>
        <button type="button" @click=${this.#clear}>Clear</button>
        <button type="button" @click=${this.#save}>Download recording</button>
      </div>
      <ol class="steps" tabindex="0" aria-labelledby="steps">
        ${shown.toReversed().map(row)}
      </ol>
    `;
  }

  readonly #choose = ({ target }: Event): void => {
    if (target instanceof HTMLSelectElement && isGroup(target.value)) this.group = target.value;
  };

  readonly #pause = (): void => {
    this.isPaused = !this.isPaused;
  };

  readonly #clear = (): void => {
    this.steps = [];
  };

  readonly #save = (): void => {
    void this.record().then((recording) => {
      const blob = new Blob([JSON.stringify(recording)], { type: 'application/json' });
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = `partyline-recording-${recording.build}.json`;
      link.click();
      URL.revokeObjectURL(link.href);
    });
  };
}

function list(title: string, rows: readonly (readonly [string, string])[]): TemplateResult {
  return html`<section>
    <h3>${title} <span class="soft">${rows.length}</span></h3>
    <ul>${rows.map(([name, fact]) => html`<li><code>${name}</code><span>${fact}</span></li>`)}</ul>
  </section>`;
}

/** Newest first. */
function row({ number, wall, input, effects }: RecordedStep): TemplateResult {
  const time = new Date(wall).toISOString().slice(14, 23);
  const of = subjectOf(input);
  return html`<li>
    <details>
      <summary>
        <span class="soft">${number}</span>
        <span class="soft">${time}</span>
        <span>${input.type}${of}</span>
        <span class="soft">${effects.map((effect) => `→ ${effect.type}${subjectOf(effect)}`).join(' ')}</span>
      </summary>
      <pre>${JSON.stringify({ input, effects }, null, 1)}</pre>
    </details>
  </li>`;
}

/** The part of an input or effect that distinguishes it from others of its type. */
function subjectOf(part: Readonly<Record<string, unknown>>): string {
  for (const key of ['call', 'event', 'command', 'message'] as const) {
    const inner = part[key];
    if (typeof inner === 'object' && inner !== null && 'type' in inner) return ` ${inner.type}`;
  }
  return typeof part.name === 'string' ? ` ${part.name}` : '';
}
