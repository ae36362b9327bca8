import { dayMonth, daysBetween } from '../words';

/** How long a link works, as the dialog offers it. */
export const expiries = [
  { days: null, label: 'Never ends' },
  { days: 1, label: 'Ends in 1 day' },
  { days: 7, label: 'Ends in 7 days' },
  { days: 30, label: 'Ends in 30 days' },
] as const;

export function endOf(days: number | null, now: Date): string | null {
  return days === null ? null : new Date(now.getTime() + days * 86_400_000).toISOString();
}

/** Returns when a link ends, in words: "Never ends", "Ends today", "Ends tomorrow", "Ends on 3 Mar", "Ended on 3 Mar". */
export function expiryWords(expiresAt: string | null, expired: boolean, now: Date): string {
  if (expiresAt === null) return 'Never ends';
  const end = new Date(expiresAt);
  if (expired) return `Ended on ${dayMonth(end, now)}`;
  const days = daysBetween(now, end);
  return days <= 0 ? 'Ends today' : days === 1 ? 'Ends tomorrow' : `Ends on ${dayMonth(end, now)}`;
}
