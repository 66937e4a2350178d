import { expose } from 'comlink';
import { custom, nullable, object } from 'zod/mini';
import { callChannel, type HubReady, streamChannel } from '../../protocol/channels.ts';
import { isOtherGeneration } from '../../protocol/epoch.ts';
import { describeIssue, type ErrorCode } from '../../protocol/errors.ts';
import {
  type AttachMessage,
  attachSchema,
  type CallAnswer,
  callSchema,
  type HubCalls,
  type StreamMessage,
  type TabMessage,
  tabMessageSchema,
} from '../../protocol/port.ts';
import { connectRequestSchema } from '../../protocol/schemas.ts';
import type { Hub, TabStream } from './hub.ts';
import type { Log } from './log.ts';
import { Throttle } from './throttle.ts';

const attachType: AttachMessage['type'] = 'partyline-attach';

const attachMessageSchema = object({
  attach: attachSchema,
  stream: nullable(custom<MessagePort>((value) => value instanceof MessagePort)),
});

/** Limit of open connections, so that a flood of requests can't open more. */
const maximumConnections = 1_000;

/** The part of the hub that a connection uses. */
export type ServedHub = Pick<
  Hub,
  | 'epoch'
  | 'portMessages'
  | 'hello'
  | 'attach'
  | 'detach'
  | 'tabInput'
  | 'answerExtensionCall'
  | 'call'
>;

/** One end of a connection to a tab: a port, or a channel in browsers without SharedWorker. */
export type Port = MessagePort | BroadcastChannel;

/** Without SharedWorker: accepts the connections that tabs request, until this worker ends. */
export function acceptConnections(
  connect: (port: Port, onGone: () => void) => void,
  log: Pick<Log, 'note'>,
  channel: BroadcastChannel,
): void {
  const served = new Set<string>();
  channel.onmessage = ({ data }: MessageEvent<unknown>) => {
    const request = connectRequestSchema.safeParse(data);
    if (!request.success) return;
    const { connectionId } = request.data;
    // A tab requests again when it hears that a hub is there.
    if (served.has(connectionId)) return;
    if (served.size >= maximumConnections) {
      log.note({ kind: 'invalid', detail: 'Connection refused: too many connections' });
      return;
    }
    served.add(connectionId);
    const calls = new BroadcastChannel(callChannel(connectionId));
    connect(calls, () => {
      served.delete(connectionId);
      calls.close();
      // A closed port ignores a late answer to a call; a closed channel would throw.
      calls.postMessage = () => {};
    });
  };
  const ready: HubReady = { type: 'partyline-hub-ready' };
  channel.postMessage(ready);
}

/**
 * Serves one connection: the hub sends its hello, then answers calls.
 *
 * @param onGone called once the attached tab has gone
 */
export function serve(
  port: Port,
  hub: ServedHub,
  log: Pick<Log, 'note'>,
  onGone: () => void,
): void {
  // Comlink ignores it, since it is neither a call nor an answer.
  void hub.hello().then((hello) => port.postMessage(hello));
  let tabId: string | null = null;
  const throttle = new Throttle(hub.portMessages);
  const isFlood = (): boolean => {
    if (throttle.take()) return false;
    log.note({ kind: 'flood', detail: 'Calls over the limit of one page refused' });
    return true;
  };
  const attach = (data: unknown): void => {
    if (isFlood()) return;
    const message = attachMessageSchema.safeParse(data);
    if (!message.success) {
      log.note({ kind: 'invalid', detail: 'Invalid attach message dropped' });
      return;
    }
    const { attach, stream } = message.data;
    if (tabId !== null) hub.detach(tabId);
    tabId = attach.tabId;
    const { visible, conversationId, visitor, resetCount } = attach;
    const streamPort = stream ?? new BroadcastChannel(streamChannel(tabId));
    const tab = openStream(streamPort, tabId, hub, log, onGone);
    void hub.attach(tabId, visible, { conversationId, visitor, resetCount }, tab);
  };
  const calls: HubCalls = {
    // An answer shows that the hub does not hang.
    ping() {},
    async call(call, callEpoch): Promise<CallAnswer> {
      const { epoch } = hub;
      const refuse = (code: ErrorCode, message: string): CallAnswer => ({
        ok: false,
        epoch,
        problem: { code, message },
      });
      if (isFlood()) {
        return refuse('rate-limited', 'Too many calls at once: try again in a second.');
      }
      // Calls made for a previous visitor are rejected, except `sign-out`.
      if (isOtherGeneration(String(callEpoch), epoch) && Object(call).type !== 'sign-out') {
        return refuse('signed-out', 'The session has ended. Sign in again.');
      }
      const answer = tabId !== null && hub.answerExtensionCall?.(tabId, call);
      if (answer) return answer;
      const parsed = callSchema.safeParse(call);
      if (!parsed.success) {
        const message = `Invalid call: ${describeIssue(parsed.error)}`;
        // Not for calls to extensions: every panel asks once whether there is one.
        if (!isExtensionCall(call)) log.note({ kind: 'invalid', detail: 'Invalid call refused' });
        return refuse('invalid-call', message);
      }
      if (tabId === null) return refuse('invalid-call', 'A tab must attach before it calls.');
      return hub.call(tabId, parsed.data);
    },
  };
  // Before Comlink's own listener: a call never arrives ahead of the attach.
  port.addEventListener('message', (event: Event) => {
    if (isAttach(event)) attach(event.data);
  });
  expose(calls, port);
}

/** Comlink answers all other messages, and ignores this one. */
function isAttach(event: Event): event is MessageEvent<unknown> {
  return event instanceof MessageEvent && Object(event.data).type === attachType;
}

/** Calls that only the hubs of other dialects answer. */
function isExtensionCall(call: unknown): boolean {
  return ['file', 'platform'].includes(Object(call).type);
}

function openStream(
  stream: Port,
  tabId: string,
  hub: ServedHub,
  log: Pick<Log, 'note'>,
  onClosed: () => void,
): TabStream {
  const throttle = new Throttle(hub.portMessages);
  /** Taken from messages over the limit: a tab whose `ack` or `pull` is lost would wait forever. */
  let deferred: { readonly revision: number | null; readonly pull: boolean } | null = null;
  let flushTimer: ReturnType<typeof setTimeout> | undefined;

  function handle(message: TabMessage): void {
    switch (message.type) {
      case 'ack':
        hub.tabInput({ type: 'tab-ack', tabId, revision: message.revision });
        return;
      case 'pull':
        hub.tabInput({ type: 'tab-pull', tabId });
        return;
      case 'visibility':
        hub.tabInput({ type: 'tab-visibility', tabId, isVisible: message.visible });
        return;
      case 'used':
        hub.tabInput({ type: 'tab-used', tabId });
        return;
      case 'bye':
        hub.detach(tabId);
        return;
    }
  }

  function flushDeferred(): void {
    const { revision, pull } = deferred ?? { revision: null, pull: false };
    deferred = null;
    flushTimer = undefined;
    if (revision !== null) handle({ type: 'ack', revision });
    if (pull) handle({ type: 'pull' });
  }

  function defer(message: TabMessage): void {
    const { revision, pull } = deferred ?? { revision: null, pull: false };
    deferred = {
      revision: message.type === 'ack' ? Math.max(revision ?? 0, message.revision) : revision,
      pull: pull || message.type === 'pull',
    };
    flushTimer ??= setTimeout(flushDeferred, 1_000);
  }

  stream.onmessage = ({ data }: MessageEvent<unknown>) => {
    const isFlood = !throttle.take();
    if (isFlood) log.note({ kind: 'flood', detail: 'Messages over the limit of one page dropped' });
    const message = tabMessageSchema.safeParse(data);
    if (!message.success) {
      log.note({ kind: 'invalid', detail: 'Invalid port message dropped' });
    } else if (isFlood) defer(message.data);
    else handle(message.data);
  };
  return {
    post: (message: StreamMessage) => stream.postMessage(message),
    close: () => {
      clearTimeout(flushTimer);
      stream.onmessage = null;
      stream.close();
      onClosed();
    },
  };
}
