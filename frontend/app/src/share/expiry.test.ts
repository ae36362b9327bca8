import { describe, expect, it } from 'vitest';
import { endOf, expiryWords } from './expiry';

const now = new Date(2026, 2, 3, 14, 0);
const at = (day: number, hour = 9) => new Date(2026, 2, day, hour).toISOString();

describe('how long a link opens', () => {
  it('says it in words', () => {
    expect(expiryWords(null, false, now)).toBe('Never ends');
    expect(expiryWords(at(3, 20), false, now)).toBe('Ends today');
    expect(expiryWords(at(4), false, now)).toBe('Ends tomorrow');
    expect(expiryWords(at(10), false, now)).toBe('Ends on 10 Mar');
    expect(expiryWords(at(2), true, now)).toBe('Ended on 2 Mar');
  });
  it('counts days from now', () => {
    expect(endOf(null, now)).toBeNull();
    expect(endOf(7, now)).toBe(new Date(2026, 2, 10, 14, 0).toISOString());
  });
});
