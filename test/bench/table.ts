import { isMet, type Measure } from './measure.ts';
import type { Sample } from './statistics.ts';

const heads = ['what', 'baseline p50 (p95)', 'partyline p50 (p95)', 'compared', 'target', ''];

/** A Markdown table with aligned columns. */
export function table(measures: readonly Measure[]): string {
  const rows = [heads, ...measures.map(cells)];
  const widths = heads.map((_, column) =>
    Math.max(...rows.map((row) => [...(row[column] ?? '')].length), 3),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  const rule = widths.map((width) => '-'.repeat(width));
  return [head, rule, ...body].map(line).join('\n');
}

function cells(measure: Measure): string[] {
  const { what, unit, floor, ours, aim } = measure;
  const met = isMet(measure);
  return [
    what,
    floor ? format(floor, unit) : '–',
    format(ours, unit),
    floor ? compared(floor.p50, ours.p50, unit) : '–',
    aim?.text ?? '–',
    met === null ? '' : met ? 'ok' : 'MISSED',
  ];
}

function format({ p50, p95, count }: Sample, unit: Measure['unit']): string {
  const suffix = unit === '' ? '' : ` ${unit}`;
  return count === 1 ? `${rounded(p50)}${suffix}` : `${rounded(p50)}${suffix} (${rounded(p95)})`;
}

function compared(floor: number, ours: number, unit: Measure['unit']): string {
  const difference = `${ours < floor ? '−' : '+'}${rounded(Math.abs(ours - floor))}`;
  if (unit === 'MiB' || floor === 0) return difference;
  return `× ${(ours / floor).toFixed(2)}, ${difference}`;
}

function rounded(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return Number.isInteger(value) ? String(value) : value.toFixed(digits);
}
