import { expose } from 'comlink';
import { custom, nullable } from 'zod/mini';
import { callChannel, type HubReady, hubChannel, streamChannel } from '../../protocol/channels.ts';
import { isAnotherVisitor } from '../../protocol/epoch.ts';
import { describeIssue, type ErrorCode } from '../../protocol/errors.ts';
import {
  attachSchema,
  type CallAnswer,
  callSchema,
  type HubCalls,
  type StreamMessage,
  type TabMessage,
  tabMessageSchema,
} from '../../protocol/port.ts';
import { connectRequestSchema } from '../../protocol/schemas.ts';
import type { Hub, TabPort } from './hub.ts';
import type { Log } from './log.ts';
import { Throttle } from './throttle.ts';

const streamSchema = nullable(custom<MessagePort>((value) => value instanceof MessagePort));

/** Connections of tabs that are not seen to have gone; a flood of knocks opens no more than these. */
const maximumConnections = 1_000;

/** What a connection wants of the hub behind it. */
export type ServedHub = Pick<
  Hub,
  'epoch' | 'portMessages' | 'hello' | 'attach' | 'detach' | 'tabInput' | 'answer' | 'call'
>;

/** A tab's end of a connection: a port, or a channel where there are none. */
export type Port = MessagePort | BroadcastChannel;

/** Without SharedWorker: answers the door, until this worker ends. */
export function answerConnectRequests(
  connect: (port: Port, onGone: () => void) => void,
  log: Pick<Log, 'note'>,
  door = new BroadcastChannel(hubChannel),
): void {
  const served = new Set<string>();
  door.onmessage = ({ data }: MessageEvent<unknown>) => {
    const knock = connectRequestSchema.safeParse(data);
    if (!knock.success) return;
    const { connectionId } = knock.data;
    // A tab knocks again when it hears that a hub is there.
    if (served.has(connectionId)) return;
    if (served.size >= maximumConnections) {
      log.note({ kind: 'invalid', detail: 'too many connections' });
      return;
    }
    served.add(connectionId);
    const calls = new BroadcastChannel(callChannel(connectionId));
    connect(calls, () => {
      served.delete(connectionId);
      calls.close();
      // A port that is closed swallows the answer to a call of before; a channel would throw.
      calls.postMessage = () => {};
    });
  };
  const here: HubReady = { type: 'partyline-hub-ready' };
  door.postMessage(here);
}

/**
 * One connection to the hub: the hub speaks first, then answers what a tab may ask.
 *
 * @param onGone called once the tab that attached through it is gone
 */
export function serve(
  port: Port,
  hub: ServedHub,
  log: Pick<Log, 'note'>,
  onGone: () => void,
): void {
  // Comlink passes over it, since it is neither a call nor an answer.
  void hub.hello().then((hello) => port.postMessage(hello));
  let tabId: string | null = null;
  const throttle = new Throttle(hub.portMessages);
  const isFlood = (): boolean => {
    if (throttle.take()) return false;
    log.note({ kind: 'flood', detail: 'calls of one page' });
    return true;
  };
  const calls: HubCalls = {
    attach(attachment, stream) {
      if (isFlood()) return;
      const attach = attachSchema.safeParse(attachment);
      const streamPort = streamSchema.safeParse(stream);
      if (!attach.success || !streamPort.success) {
        log.note({ kind: 'invalid', detail: 'a misshapen attach' });
        return;
      }
      if (tabId !== null) hub.detach(tabId);
      tabId = attach.data.tabId;
      const { visible, conversationId, visitor, resetCount } = attach.data;
      const known = { conversationId, visitor, resetCount };
      const end = streamPort.data ?? new BroadcastChannel(streamChannel(tabId));
      const tab = openStream(end, tabId, hub, log, onGone);
      void hub.attach(tabId, visible, known, tab);
    },
    // Being answered is all.
    ping() {},
    async call(call, askedIn): Promise<CallAnswer> {
      const { epoch } = hub;
      const refuse = (code: ErrorCode, message: string): CallAnswer => ({
        ok: false,
        epoch,
        problem: { code, message },
      });
      if (isFlood()) {
        return refuse('rate-limited', 'Too many calls at once: try again in a second.');
      }
      // It was on its way while the visitor changed, and whoever signs out may be anybody.
      if (isAnotherVisitor(String(askedIn), epoch) && Object(call).type !== 'sign-out') {
        return refuse('signed-out', 'The session has ended. Sign in again.');
      }
      const answer = tabId !== null && hub.answer?.(tabId, call);
      if (answer) return answer;
      const parsed = callSchema.safeParse(call);
      if (!parsed.success) {
        const message = `The call is of the wrong shape: ${describeIssue(parsed.error)}`;
        // Every panel asks once whether there are files here, and the like.
        if (!isSideCall(call)) log.note({ kind: 'invalid', detail: 'a misshapen call' });
        return refuse('invalid-call', message);
      }
      if (tabId === null) return refuse('invalid-call', 'A tab must attach before it calls.');
      return hub.call(tabId, parsed.data);
    },
  };
  expose(calls, port);
}

/** What the hubs of other dialects answer. */
function isSideCall(call: unknown): boolean {
  return ['file', 'platform'].includes(Object(call).type);
}

function openStream(
  stream: Port,
  tabId: string,
  hub: ServedHub,
  log: Pick<Log, 'note'>,
  onClosed: () => void,
): TabPort {
  const throttle = new Throttle(hub.portMessages);
  /** Of what was beyond the limit: no tab may lose these, or it would wait for ever. */
  let owed: { readonly revision: number | null; readonly pull: boolean } | null = null;
  let payLater: ReturnType<typeof setTimeout> | undefined;

  function take(message: TabMessage): void {
    switch (message.type) {
      case 'ack':
        hub.tabInput({ type: 'tab-ack', tabId, revision: message.revision });
        return;
      case 'pull':
        hub.tabInput({ type: 'tab-pull', tabId });
        return;
      case 'visibility':
        hub.tabInput({ type: 'tab-visibility', tabId, visible: message.visible });
        return;
      case 'used':
        hub.tabInput({ type: 'tab-used', tabId });
        return;
      case 'bye':
        hub.detach(tabId);
        return;
    }
  }

  function pay(): void {
    const { revision, pull } = owed ?? { revision: null, pull: false };
    owed = null;
    payLater = undefined;
    if (revision !== null) take({ type: 'ack', revision });
    if (pull) take({ type: 'pull' });
  }

  function postpone(message: TabMessage): void {
    const { revision, pull } = owed ?? { revision: null, pull: false };
    owed = {
      revision: message.type === 'ack' ? Math.max(revision ?? 0, message.revision) : revision,
      pull: pull || message.type === 'pull',
    };
    payLater ??= setTimeout(pay, 1_000);
  }

  stream.onmessage = ({ data }: MessageEvent<unknown>) => {
    const isFlood = !throttle.take();
    if (isFlood) log.note({ kind: 'flood', detail: 'messages of one page' });
    const message = tabMessageSchema.safeParse(data);
    if (!message.success) {
      log.note({ kind: 'invalid', detail: 'a misshapen port message' });
    } else if (isFlood) postpone(message.data);
    else take(message.data);
  };
  return {
    post: (message: StreamMessage) => stream.postMessage(message),
    close: () => {
      clearTimeout(payLater);
      stream.onmessage = null;
      stream.close();
      onClosed();
    },
  };
}
