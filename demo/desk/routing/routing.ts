import { z } from 'zod/mini';
import { byId, element } from '../dom.ts';

const entrySchema = z.object({
  at: z.string(),
  routing: z.object({ skillGroups: z.optional(z.array(z.string())) }),
  verdict: z.string(),
  problems: z.array(z.unknown()),
  queuedSince: z.optional(z.string()),
  coverage: z.optional(z.array(z.object({ skillGroup: z.string(), agentsOnShift: z.number() }))),
});
const answerSchema = z.object({ entries: z.array(entrySchema) });
type Entry = z.infer<typeof entrySchema>;

const successful = new Set(['matched', 'connected']);

const timeOf = (instant: string | undefined): string =>
  instant === undefined ? '–' : new Date(instant).toLocaleTimeString();

function problemText(problem: unknown): string {
  return typeof problem === 'string' ? problem : JSON.stringify(problem);
}

function row(entry: Entry): HTMLTableRowElement {
  const { at, routing, verdict, problems, queuedSince, coverage } = entry;
  const agents = coverage?.map((one) => `${one.skillGroup}: ${one.agentsOnShift}`).join(', ');
  return element(
    'tr',
    '',
    element('td', '', timeOf(at)),
    element('td', '', routing.skillGroups?.join(', ') ?? '?'),
    element('td', successful.has(verdict) ? '' : 'bad', verdict),
    element('td', '', timeOf(queuedSince)),
    element('td', '', agents ?? '–'),
    element('td', '', problems.map(problemText).join(' ')),
  );
}

async function load(): Promise<void> {
  const state = byId('state', HTMLParagraphElement);
  try {
    const response = await fetch('/desk/routing-log');
    if (!response.ok) throw new Error(`The server responded with ${response.status}.`);
    const { entries } = answerSchema.parse(await response.json());
    byId('rows', HTMLTableSectionElement).replaceChildren(...entries.toReversed().map(row));
    state.textContent = entries.length === 0 ? 'No entries yet.' : '';
  } catch (error) {
    console.warn('Could not load the routing log:', error);
    state.textContent = 'Couldn’t load the routing log. Try again.';
  }
}

byId('reload', HTMLButtonElement).addEventListener('click', () => void load());
void load();
