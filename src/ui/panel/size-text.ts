import { visitorLocale } from '../languages/locale.ts';
import type { Messages } from '../messages.ts';

/** '12 kB', '1.5 MB'. */
export function sizeText(bytes: number, { language }: Messages): string {
  const isLarge = bytes >= 1_000_000;
  // A non-empty file is never shown as 0 kB.
  const value = Math.max(bytes / (isLarge ? 1_000_000 : 1_000), bytes === 0 ? 0 : 0.1);
  return new Intl.NumberFormat(visitorLocale(language), {
    style: 'unit',
    unit: isLarge ? 'megabyte' : 'kilobyte',
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
