import { describe, expect, it } from 'vitest';
import type { Role } from '../api';
import type { Member, ShareLink } from './calls';
import { broughtBy, cameBy, named } from './came';

const member = (name: string, via: string, link?: string, role: Role = 'editor'): Member => ({
  user: { id: name, name, color: 1, guest: false },
  role,
  created_at: '2026-03-03T14:02:00Z',
  via,
  ...(link ? { link } : {}),
});
const links = [{ id: 'l1', role: 'viewer' }] as ShareLink[];

describe('how people came', () => {
  it.each([
    [member('Bob', 'link', 'l1'), links, 'by the link for viewers'],
    [member('Bob', 'link', 'gone'), links, 'by a link since withdrawn'],
    [member('Bob', 'link'), links, 'by a link'],
    [member('Bob', 'link', 'l1'), null, 'by a link'],
    [member('Ada', 'owner'), links, null],
  ])('%#', (one, known, words) => expect(cameBy(one, known)).toBe(words));

  it('names who would go with a link: never an owner, nor who came by another', () => {
    const all = [
      member('Ada', 'owner', undefined, 'owner'),
      member('Bob', 'link', 'l1'),
      member('Cem', 'link', 'l2'),
      member('Dot', 'link', 'l1', 'owner'),
      member('Eve', 'link'),
    ];
    expect(broughtBy('l1', all).map((one) => one.user.name)).toEqual(['Bob']);
  });

  it('counts names that are too many', () => {
    const all = ['Bob', 'Cem', 'Dot', 'Eve'].map((name) => member(name, 'link'));
    expect([1, 2, 3, 4].map((n) => named(all.slice(0, n)))).toEqual([
      'Bob',
      'Bob and Cem',
      'Bob, Cem and Dot',
      'Bob, Cem and 2 others',
    ]);
  });
});
