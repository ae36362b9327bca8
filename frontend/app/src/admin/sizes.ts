/** Returns a number of bytes as people read it: "812 bytes", "3.4 MB", or "2 GiB" if it is a whole binary unit. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} ${bytes === 1 ? 'byte' : 'bytes'}`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = -1;
  do {
    value /= 1000;
    unit++;
  } while (value >= 999.5 && unit < units.length - 1);
  return `${value >= 9.95 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`;
}

const factors: Record<string, number> = {
  '': 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/** Parses a size such as "2 GiB" or "500MB" into bytes. Returns null if it is not one. */
export function parseSize(text: string): number | null {
  const match = /^\s*(\d+(?:[.,]\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  const factor = factors[(match?.[2] ?? '').toLowerCase()];
  if (!match || factor === undefined) return null;
  const bytes = Math.round(Number.parseFloat((match[1] ?? '').replace(',', '.')) * factor);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** Returns a number of bytes as somebody would type it into a field, without rounding whole binary units. */
export function sizeText(bytes: number): string {
  for (const [unit, factor] of [
    ['TiB', 2 ** 40],
    ['GiB', 2 ** 30],
    ['MiB', 2 ** 20],
    ['KiB', 2 ** 10],
  ] as const)
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor} ${unit}`;
  return `${bytes} B`;
}
