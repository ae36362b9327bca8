import { expect, test } from 'vitest';
import type { GroupMember } from './calls';
import { whatCame } from './words';

const member = (name: string, offered: boolean): GroupMember => ({
  user: { id: name, name, color: 1, guest: false },
  manager: false,
  offered,
  created_at: '2026-03-03T14:02:00Z',
});

test('what came of adding an e-mail is what the list shows', () => {
  const ada = member('Ada', false);
  const add = (after: GroupMember[]) => whatCame([ada], after, 'Roofers', 'ben@example.org');
  expect(add([ada, member('Ben', true)])).toBe('Ben is in once they accept');
  expect(add([ada, member('Ben', false)])).toBe('Ben is in Roofers now');
  expect(add([ada])).toContain('no confirmed account has ben@example.org');
  expect(add([ada])).toContain('by name');
});
