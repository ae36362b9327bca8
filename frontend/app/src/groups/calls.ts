import { call, piece } from '../api';
import type { Candidate } from '../people';
import type { MemberUser } from '../share/calls';

/** REST of groups of people, one function per call. */

export interface Group {
  id: string;
  name: string;
  members: number;
  /** Whether I may change it. */
  manager: boolean;
  created_at: string;
}

export interface GroupMember {
  user: MemberUser;
  manager: boolean;
  /** Their place counts once they take it. */
  offered: boolean;
  created_at: string;
}

/** A place in a group that waits for me. */
export interface GroupOffer {
  group: { id: string; name: string };
  inviter: { name: string };
}

const of = (group: string, rest = '') => `/groups/${piece(group)}${rest}`;

export const groups = {
  mine: () => call<{ items: Group[] }>('GET', '/groups'),
  create: (name: string) => call<Group>('POST', '/groups', { name }),
  rename: (group: string, name: string) => call<Group>('PATCH', of(group), { name }),
  delete: (group: string) => call<void>('DELETE', of(group)),
  members: (group: string) => call<{ items: GroupMember[] }>('GET', of(group, '/members')),
  /** The answer is the same whether there is an account of that address. */
  add: (group: string, email: string) => call<void>('POST', of(group, '/members'), { email }),
  candidates: (group: string, name: string) =>
    call<{ items: Candidate[] }>('GET', of(group, `/candidates?q=${piece(name)}`)),
  /** Changes whether a member manages; to somebody else it offers a place. */
  setMember: (group: string, user: string, manager: boolean) =>
    call<GroupMember>('PUT', of(group, `/members/${piece(user)}`), { manager }),
  offers: () => call<{ items: GroupOffer[] }>('GET', '/me/group-offers'),
  takeOffer: (group: string) => call<Group>('POST', `/me/group-offers/${piece(group)}/accept`),
  declineOffer: (group: string) => call<void>('DELETE', `/me/group-offers/${piece(group)}`),
  remove: (group: string, user: string) => call<void>('DELETE', of(group, `/members/${piece(user)}`)),
};
