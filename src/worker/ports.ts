import { expose } from 'comlink';
import { describeIssue } from '../protocol/errors.ts';
import {
  attachSchema,
  type CallAnswer,
  callSchema,
  type HubCalls,
  type StreamMessage,
  tabMessageSchema,
} from '../protocol/port.ts';
import { z } from '../protocol/zod.ts';
import type { Hub, TabPort } from './hub.ts';
import type { Log } from './log.ts';

const streamSchema = z.instanceof(MessagePort);

/** One connection to the hub: the hub speaks first, then answers what a tab may ask. */
export function serve(port: MessagePort, hub: Hub, log: Log): void {
  // Comlink passes over it, since it is neither a call nor an answer.
  void hub.hello().then((hello) => port.postMessage(hello));
  let tabId: string | null = null;
  const calls: HubCalls = {
    attach(attachment, stream) {
      const attach = attachSchema.safeParse(attachment);
      const streamPort = streamSchema.safeParse(stream);
      if (!attach.success || !streamPort.success) {
        log.note({ kind: 'misfit', detail: 'a misshapen attach' });
        return;
      }
      if (tabId !== null) hub.detach(tabId);
      tabId = attach.data.tabId;
      const { visible, conversationId } = attach.data;
      const tab = openStream(streamPort.data, tabId, hub, log);
      void hub.attach(tabId, visible, conversationId, tab);
    },
    async call(call): Promise<CallAnswer> {
      const parsed = callSchema.safeParse(call);
      const { epoch } = hub;
      if (!parsed.success) {
        const message = `The call is of the wrong shape: ${describeIssue(parsed.error)}`;
        log.note({ kind: 'misfit', detail: 'a misshapen call' });
        return { ok: false, epoch, problem: { code: 'invalid-call', message } };
      }
      if (tabId === null) {
        const message = 'A tab must attach before it calls.';
        return { ok: false, epoch, problem: { code: 'invalid-call', message } };
      }
      return hub.call(tabId, parsed.data);
    },
  };
  expose(calls, port);
}

function openStream(stream: MessagePort, tabId: string, hub: Hub, log: Log): TabPort {
  stream.onmessage = ({ data }: MessageEvent<unknown>) => {
    const message = tabMessageSchema.safeParse(data);
    if (!message.success) {
      log.note({ kind: 'misfit', detail: 'a misshapen port message' });
      return;
    }
    switch (message.data.type) {
      case 'ack':
        hub.tabInput({ type: 'tab-ack', tabId, revision: message.data.revision });
        return;
      case 'pull':
        hub.tabInput({ type: 'tab-pull', tabId });
        return;
      case 'visibility':
        hub.tabInput({ type: 'tab-visibility', tabId, visible: message.data.visible });
        return;
      case 'bye':
        hub.detach(tabId);
        return;
    }
  };
  return {
    post: (message: StreamMessage) => stream.postMessage(message),
    close: () => {
      stream.onmessage = null;
      stream.close();
    },
  };
}
