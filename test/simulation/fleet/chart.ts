import { at } from './counts.ts';
import { acceptedPerSecond, measure } from './measures.ts';
import type { Timeline } from './simulate.ts';
import { thousands } from './table.ts';

/** From the drop to the right edge, and between two labels, in seconds. */
export interface Span {
  readonly to: number;
  readonly every: number;
}

/** One column of small pictures, one below the other: the same scenario, a policy each. */
export interface Column {
  readonly span: Span;
  readonly timelines: readonly Timeline[];
}

const panel = { width: 420, height: 84, gapX: 28, gapY: 40 };
const margin = { top: 84, right: 16, bottom: 44, left: 64 };
/** Tries in a second at the bottom and at the top of the logarithmic axis. */
const axis = { low: 100, high: 1_000_000 };

const style = `
  svg { color: #1f2328; font: 12px system-ui, sans-serif; }
  .title { font-size: 14px; font-weight: 600; }
  .faint { fill-opacity: 0.65; }
  .grid { stroke: currentColor; stroke-opacity: 0.15; }
  .frame { fill: none; stroke: currentColor; stroke-opacity: 0.35; }
  .room { stroke: currentColor; stroke-dasharray: 4 3; }
  .down { fill: currentColor; fill-opacity: 0.07; }
  .tries { fill: #d9822b; }
  .accepted { fill: #2166ac; }
  text { fill: currentColor; }
  @media (prefers-color-scheme: dark) {
    svg { color: #e6edf3; }
    .tries { fill: #b5651d; }
    .accepted { fill: #6cb6ff; }
  }`;

/** The picture as the text of an SVG file; it follows the reader's colour scheme. */
export function chart(columns: readonly Column[]): string {
  const rows = Math.max(...columns.map(({ timelines }) => timelines.length));
  const width = left(columns.length) - panel.gapX + margin.right;
  const height = top(rows) - panel.gapY + margin.bottom;
  const panels = columns.flatMap(({ timelines, span }, column) => [
    heading(timelines[0], column),
    ...timelines.map((timeline, row) => draw(timeline, span, column, row)),
    ...seconds(span, column, top(rows - 1) + panel.height),
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    '<title id="title">Connection attempts per second after all hubs lose their socket</title>',
    `<style>${style}\n</style>`,
    ...legend(),
    ...panels,
    '</svg>\n',
  ].join('\n');
}

function left(column: number): number {
  return margin.left + column * (panel.width + panel.gapX);
}

function top(row: number): number {
  return margin.top + row * (panel.height + panel.gapY);
}

/** From the top of a panel down. */
function y(count: number): number {
  const share = Math.log(Math.max(count, axis.low) / axis.low) / Math.log(axis.high / axis.low);
  return round(panel.height * (1 - Math.min(share, 1)));
}

/** From the left of a panel. */
function x(second: number, { to }: Span): number {
  return round((panel.width * second) / to);
}

function round(length: number): number {
  return Math.round(length * 10) / 10;
}

function heading(timeline: Timeline | undefined, column: number): string {
  return label(timeline?.scenario.name ?? '', left(column), 52, 'class="title"');
}

function draw(timeline: Timeline, span: Span, column: number, row: number): string {
  const { scenario, policy, tries } = timeline;
  const { peak, all } = measure(timeline);
  const text = `${policy.name}: peak ${thousands(peak)}/s, all back after ${all.toFixed(0)} s`;
  const down = x(Math.min(scenario.down, span.to), span);
  const room = y(scenario.capacity);
  return [
    `<g transform="translate(${left(column)} ${top(row)})">`,
    label(text, 0, -7),
    `<rect class="down" width="${down}" height="${panel.height}"/>`,
    ...powers().map((count) => lines(count, column)),
    `<path class="tries" d="${area(tries, span)}"/>`,
    `<path class="accepted" d="${area(acceptedPerSecond(timeline), span)}"/>`,
    `<path class="room" d="M0 ${room}H${panel.width}"/>`,
    `<rect class="frame" width="${panel.width}" height="${panel.height}"/>`,
    '</g>',
  ].join('\n');
}

function powers(): number[] {
  const counts: number[] = [];
  for (let count = axis.low; count <= axis.high; count *= 10) counts.push(count);
  return counts;
}

function lines(count: number, column: number): string {
  const line = `<path class="grid" d="M0 ${y(count)}H${panel.width}"/>`;
  const name = count >= 1_000_000 ? `${count / 1_000_000} M` : thousands(count);
  return column === 0
    ? line + label(name, -6, y(count) + 4, 'class="faint" text-anchor="end"')
    : line;
}

/** Steps, one a second; seconds below the axis are left out. */
function area(counts: Uint32Array, span: Span): string {
  let path = '';
  for (let second = 0; second < span.to; second += 1) {
    const height = y(at(counts, second));
    if (height >= panel.height) continue;
    path += `M${x(second, span)} ${panel.height}V${height}H${x(second + 1, span)}V${panel.height}z`;
  }
  return path;
}

function* seconds(span: Span, column: number, bottom: number): Generator<string> {
  for (let second = 0; second <= span.to; second += span.every) {
    const text = second === 0 ? `${second} s` : String(second);
    const where = 'class="faint" text-anchor="middle"';
    yield label(text, left(column) + x(second, span), bottom + 18, where);
  }
}

function* legend(): Generator<string> {
  const keys = [
    ['accepted', 'accepted in a second'],
    ['tries', 'all tries, refused ones included'],
    ['down', 'the gateway is down'],
  ] as const;
  let from = margin.left;
  for (const [name, text] of keys) {
    yield `<rect class="${name}" x="${from}" y="14" width="14" height="14"/>`;
    yield label(text, from + 20, 25);
    from += 36 + text.length * 6.4;
  }
  yield `<path class="room" d="M${from} 21h24"/>`;
  yield label('what the gateway accepts in a second (log axis)', from + 30, 25);
}

function label(text: string, atX: number, atY: number, attributes = ''): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${atX}" y="${atY}" ${attributes}>${escaped}</text>`;
}
