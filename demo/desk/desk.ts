import { agentUrl } from '/config.js';
import type {
  AgentEvent,
  AgentMessage,
  ConversationSummary,
} from '../../src/testing/agents/agent-protocol.ts';
import { Composer } from './composer.ts';
import { type ConnectionState, DeskConnection } from './connection.ts';
import { byId, setText } from './dom.ts';
import { type Identity, keepIdentity, restoreIdentity } from './identity.ts';
import { ConversationList } from './list.ts';
import { type Pending, Thread } from './thread.ts';

// Limits the memory and the layout cost of a long transcript.
const messageLimit = 500;

const connectionLabels: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting…',
  open: 'Connected',
  waiting: 'Reconnecting…',
};

interface OpenConversation {
  readonly conversationId: string;
  messages: readonly AgentMessage[];
  hasEarlier: boolean;
  /** The sequence of the last message that was reported as read. */
  readUpTo: number;
}

function startDesk(url: string): void {
  let me: Identity = restoreIdentity();
  let summaries: readonly ConversationSummary[] = [];
  let clockOffset = 0;
  let open: OpenConversation | null = null;
  let connectionState: ConnectionState = 'connecting';
  const pending = new Map<string, Pending & { readonly conversationId: string }>();

  const list = new ConversationList(byId('lists', HTMLElement), choose);
  const thread = new Thread();
  const composer = new Composer({
    onSend: say,
    onTyping: (isTyping) => {
      if (open) connection.send({ type: 'typing', conversationId: open.conversationId, isTyping });
    },
  });
  const openBox = byId('open', HTMLElement);
  const empty = byId('empty', HTMLElement);
  const acceptButton = byId('take', HTMLButtonElement);
  const acceptRow = byId('take-row', HTMLElement);
  const acceptHint = byId('take-hint', HTMLElement);
  const end = byId('end', HTMLButtonElement);
  const problem = byId('problem', HTMLElement);
  const connectionStatus = byId('link', HTMLElement);
  const name = byId('name', HTMLInputElement);
  name.value = me.name;

  const connection = new DeskConnection({
    url,
    onOpen: () => [
      { type: 'hello', agent: me },
      ...(open ? [{ type: 'open' as const, conversationId: open.conversationId }] : []),
    ],
    onEvent: handle,
    onState: (state) => {
      connectionState = state;
      connectionStatus.dataset.state = state;
      render();
    },
  });

  name.addEventListener('change', () => {
    me = keepIdentity({ ...me, name: name.value.trim() || me.name });
    name.value = me.name;
    connection.send({ type: 'hello', agent: me });
  });
  acceptButton.addEventListener('click', () => {
    if (open) connection.send({ type: 'take', conversationId: open.conversationId });
  });
  end.addEventListener('click', () => {
    if (open) connection.send({ type: 'end', conversationId: open.conversationId });
  });
  byId('earlier', HTMLButtonElement).addEventListener('click', () => {
    const first = open?.messages[0];
    if (open && first) {
      const { conversationId } = open;
      connection.send({ type: 'open', conversationId, before: first.sequence });
    }
  });
  byId('back', HTMLButtonElement).addEventListener('click', () => {
    const left = open?.conversationId;
    open = null;
    connection.send({ type: 'leave' });
    render();
    if (left !== undefined) list.focus(left);
  });
  document.addEventListener('visibilitychange', markRead);
  thread.scroll.addEventListener('scroll', markRead, { passive: true });
  setInterval(renderList, 1_000);
  render();

  function choose(conversationId: string): void {
    if (open?.conversationId !== conversationId) {
      open = { conversationId, messages: [], hasEarlier: false, readUpTo: 0 };
      thread.clear();
      setText(problem, '');
      connection.send({ type: 'open', conversationId });
    }
    render();
    thread.focusHead();
  }

  function say(text: string): void {
    if (!open) return;
    const { conversationId } = open;
    const messageId = crypto.randomUUID();
    pending.set(messageId, { messageId, text, conversationId });
    connection.send({ type: 'say', conversationId, messageId, text });
    renderMessages();
    thread.toEnd();
    composer.focus();
  }

  function handle(event: AgentEvent): void {
    switch (event.type) {
      case 'conversations':
        summaries = event.conversations;
        clockOffset = Date.parse(event.now) - Date.now();
        render();
        return;
      case 'transcript':
        if (open?.conversationId !== event.conversationId) return;
        merge(open, event.messages, event.hasEarlier);
        renderMessages();
        markRead();
        return;
      case 'message':
        settle(event.message.messageId);
        if (open?.conversationId !== event.message.conversationId) return;
        merge(open, [event.message], open.hasEarlier);
        if (event.message.from.role !== 'agent') thread.showTyping(event.message.from, false);
        renderMessages();
        markRead();
        return;
      case 'typing':
        if (open?.conversationId === event.conversationId) {
          thread.showTyping(event.from, event.isTyping);
        }
        return;
      case 'receipt':
        // The next list of conversations includes it.
        return;
      case 'error':
        fail(event);
        return;
    }
  }

  /** An error about a conversation means that its pending messages won't be accepted. */
  function fail(event: Extract<AgentEvent, { type: 'error' }>): void {
    let lost = 0;
    for (const message of [...pending.values()]) {
      if (message.conversationId !== event.conversationId) continue;
      settle(message.messageId);
      lost += 1;
    }
    const isHere = event.conversationId === null || event.conversationId === open?.conversationId;
    if (isHere) {
      const messages = lost === 1 ? 'message' : 'messages';
      setText(
        problem,
        lost === 0
          ? `Something went wrong. ${event.message}.`
          : `Couldn’t send ${lost} ${messages}. ${event.message}.`,
      );
    }
    renderMessages();
  }

  function settle(messageId: string): void {
    pending.delete(messageId);
    connection.settle(messageId);
  }

  function markRead(): void {
    const summary = chosen();
    if (!open || summary?.agent?.id !== me.id || summary.status !== 'connected') return;
    if (document.visibilityState !== 'visible' || !thread.isAtEnd) return;
    const last = open.messages.findLast(({ from }) => from.role === 'visitor');
    if (!last || last.sequence <= open.readUpTo) return;
    const { conversationId } = open;
    const { messageId } = last;
    if (connection.send({ type: 'read', conversationId, messageId })) {
      open.readUpTo = last.sequence;
    }
  }

  function chosen(): ConversationSummary | null {
    const conversationId = open?.conversationId;
    return summaries.find((summary) => summary.conversationId === conversationId) ?? null;
  }

  function render(): void {
    setText(connectionStatus, connectionLabels[connectionState]);
    renderList();
    const summary = chosen();
    document.body.dataset.view = open ? 'thread' : 'list';
    openBox.hidden = !summary;
    empty.hidden = summary !== null;
    if (!summary) {
      composer.show(null);
      return;
    }
    thread.showHead(summary, me.id);
    const isMine = summary.status === 'connected' && summary.agent?.id === me.id;
    const canAccept = summary.status === 'queued' && summary.routable;
    end.hidden = !isMine;
    acceptButton.hidden = !canAccept;
    acceptRow.hidden = isMine;
    setText(acceptHint, hintOf(summary));
    composer.show(isMine ? summary.conversationId : null);
    if (document.activeElement === acceptButton && isMine) composer.focus();
    renderMessages();
    markRead();
  }

  function renderList(): void {
    const now = Date.now() + clockOffset;
    list.show(summaries, open?.conversationId ?? null, me.id, now);
    const waiting = summaries.filter(({ position }) => position !== null).length;
    document.title = waiting === 0 ? 'Agent desk' : `(${waiting}) Agent desk`;
  }

  function renderMessages(): void {
    if (!open) return;
    const { conversationId, messages, hasEarlier } = open;
    const onTheirWay = [...pending.values()].filter(
      (message) => message.conversationId === conversationId,
    );
    thread.showMessages(messages, onTheirWay, chosen()?.visitorRead ?? 0, hasEarlier);
  }
}

/** Merges a page into the transcript. If there is a gap between them, the older messages are dropped. */
function merge(open: OpenConversation, page: readonly AgentMessage[], hasEarlier: boolean): void {
  const first = page[0];
  const last = page.at(-1);
  if (!first || !last) return;
  const newest = open.messages.at(-1)?.sequence ?? 0;
  const oldest = open.messages[0]?.sequence ?? Number.POSITIVE_INFINITY;
  const isApart = first.sequence > newest + 1 && page.length > 1;
  const bySequence = new Map((isApart ? [] : open.messages).map((each) => [each.sequence, each]));
  for (const message of page) bySequence.set(message.sequence, message);
  const all = [...bySequence.values()].sort((a, b) => a.sequence - b.sequence);
  open.messages = last.sequence >= newest ? all.slice(-messageLimit) : all;
  if (isApart || first.sequence < oldest) open.hasEarlier = hasEarlier;
  if (open.messages.length < all.length) open.hasEarlier = true;
}

function hintOf(summary: ConversationSummary): string {
  switch (summary.status) {
    case 'queued':
      return summary.routable
        ? 'Waiting for an agent.'
        : 'Unknown skill group: this conversation can’t be accepted.';
    case 'connected':
      return `${summary.agent?.name ?? 'A colleague'} is handling this conversation.`;
    case 'ended':
      return 'This conversation has ended.';
  }
}

if (agentUrl === null) {
  byId('desk', HTMLElement).hidden = true;
  byId('apart', HTMLElement).hidden = false;
  setText(byId('link', HTMLElement), 'No emulator');
} else {
  startDesk(agentUrl);
}
