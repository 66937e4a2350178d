import type { ConversationSummary } from '../../src/testing/agents/agent-protocol.ts';
import { arrange, element, setText } from './dom.ts';
import { duration, nameOf, timeOfDay } from './format.ts';

type GroupName = 'Waiting' | 'Assigned to me' | 'Assigned to others' | 'Unroutable' | 'Ended';
const groupNames: readonly GroupName[] = [
  'Waiting',
  'Assigned to me',
  'Assigned to others',
  'Unroutable',
  'Ended',
];
const alwaysShown: readonly GroupName[] = ['Waiting', 'Assigned to me'];

const emptyTexts: Readonly<Record<GroupName, string>> = {
  Waiting: 'No one is waiting.',
  'Assigned to me': 'No conversations yet.',
  'Assigned to others': '',
  Unroutable: '',
  Ended: '',
};

interface Group {
  readonly section: HTMLElement;
  readonly count: HTMLElement;
  readonly list: HTMLElement;
  readonly empty: HTMLElement;
}

interface Row {
  readonly item: HTMLElement;
  readonly button: HTMLButtonElement;
  readonly name: HTMLElement;
  readonly time: HTMLElement;
  readonly preview: HTMLElement;
  readonly badge: HTMLElement;
}

/** The list of conversations, in groups. Rows are reused, so that they keep the focus. */
export class ConversationList {
  readonly #parent: HTMLElement;
  readonly #onChoose: (conversationId: string) => void;
  readonly #groups = new Map<GroupName, Group>();
  readonly #rows = new Map<string, Row>();

  constructor(parent: HTMLElement, onChoose: (conversationId: string) => void) {
    this.#parent = parent;
    this.#onChoose = onChoose;
    for (const name of groupNames) this.#groups.set(name, makeGroup(name));
    arrange(
      parent,
      [...this.#groups.values()].map(({ section }) => section),
    );
  }

  /** @param now the gateway's time, in epoch ms */
  show(
    summaries: readonly ConversationSummary[],
    chosen: string | null,
    agentId: string,
    now: number,
  ): void {
    const rows = new Map<GroupName, Node[]>();
    const seen = new Set<string>();
    for (const summary of inOrder(summaries)) {
      const name = groupOf(summary, agentId);
      const row = this.#rowOf(summary.conversationId);
      fill(row, summary, { isChosen: summary.conversationId === chosen, agentId, now });
      seen.add(summary.conversationId);
      rows.set(name, [...(rows.get(name) ?? []), row.item]);
    }
    for (const conversationId of this.#rows.keys()) {
      if (!seen.has(conversationId)) this.#rows.delete(conversationId);
    }
    for (const [name, group] of this.#groups) {
      const items = rows.get(name) ?? [];
      arrange(group.list, items);
      setText(group.count, String(items.length));
      group.empty.hidden = items.length > 0;
      group.section.hidden = items.length === 0 && !alwaysShown.includes(name);
    }
  }

  /** Focuses a conversation's row, or the first one if it is gone. */
  focus(conversationId: string): void {
    const row = this.#rows.get(conversationId);
    if (row) row.button.focus();
    else this.#parent.querySelector('button')?.focus();
  }

  #rowOf(conversationId: string): Row {
    const known = this.#rows.get(conversationId);
    if (known) return known;
    const name = element('span', 'name');
    const time = element('span', 'time');
    const preview = element('span', 'preview');
    const badge = element('span', 'badge');
    const button = element('button', 'row', name, time, preview, badge);
    button.type = 'button';
    button.addEventListener('click', () => this.#onChoose(conversationId));
    const row: Row = { item: element('li', '', button), button, name, time, preview, badge };
    this.#rows.set(conversationId, row);
    return row;
  }
}

function makeGroup(name: GroupName): Group {
  const count = element('span', 'count', '0');
  const heading = element('h2', '', name, ' ', count);
  heading.id = `group-${name.toLowerCase().replaceAll(' ', '-')}`;
  const list = element('ul', '');
  const empty = element('p', 'none', emptyTexts[name]);
  const section = element('section', 'group', heading, list, empty);
  section.setAttribute('aria-labelledby', heading.id);
  return { section, count, list, empty };
}

function groupOf(summary: ConversationSummary, agentId: string): GroupName {
  switch (summary.status) {
    case 'queued':
      return summary.routable ? 'Waiting' : 'Unroutable';
    case 'connected':
      return summary.agent?.id === agentId ? 'Assigned to me' : 'Assigned to others';
    case 'ended':
      return 'Ended';
  }
}

/** The queue by position, all others by their newest message. */
function inOrder(summaries: readonly ConversationSummary[]): readonly ConversationSummary[] {
  return [...summaries].sort((a, b) => {
    if (a.position !== null && b.position !== null) return a.position - b.position;
    return latest(b).localeCompare(latest(a));
  });
}

function latest(summary: ConversationSummary): string {
  return summary.lastMessage?.timestamp ?? summary.createdAt;
}

function fill(
  row: Row,
  summary: ConversationSummary,
  view: { readonly isChosen: boolean; readonly agentId: string; readonly now: number },
): void {
  const { lastMessage, status, unread, agent, routable } = summary;
  setText(row.name, nameOf(summary));
  setText(
    row.time,
    status === 'queued'
      ? `waiting ${duration(view.now - Date.parse(summary.createdAt))}`
      : timeOfDay(latest(summary)),
  );
  const author =
    lastMessage && lastMessage.from.role !== 'visitor' ? `${lastMessage.from.name}: ` : '';
  setText(row.preview, lastMessage ? author + lastMessage.text : 'No messages yet');
  const needsMe = unread && routable && status !== 'ended';
  const colleague = status === 'connected' && agent?.id !== view.agentId ? agent?.name : undefined;
  setText(row.badge, needsMe ? 'new' : (colleague ?? ''));
  row.badge.classList.toggle('new', needsMe);
  if (view.isChosen) row.button.setAttribute('aria-current', 'true');
  else row.button.removeAttribute('aria-current');
}
