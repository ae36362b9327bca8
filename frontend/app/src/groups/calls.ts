import type { Schemas } from '@quire/client';
import { call } from '../call';

/** REST of groups of people, one function per call. */

export type Group = Schemas['Group'];
export type GroupMember = Schemas['GroupMember'];

const of = (group: string) => ({ path: { id: group } });
const member = (group: string, user: string) => ({ path: { id: group, user } });

export const groups = {
  mine: () => call('GET', '/groups'),
  create: (name: string) => call('POST', '/groups', { body: { name } }),
  rename: (group: string, name: string) => call('PATCH', '/groups/{id}', { ...of(group), body: { name } }),
  delete: (group: string) => call('DELETE', '/groups/{id}', of(group)),
  members: (group: string) => call('GET', '/groups/{id}/members', of(group)),
  /** The answer is the same whether or not there is an account with that address. */
  add: (group: string, email: string) => call('POST', '/groups/{id}/members', { ...of(group), body: { email } }),
  candidates: (group: string, name: string) =>
    call('GET', '/groups/{id}/candidates', { ...of(group), query: { q: name } }),
  /** Changes whether a member manages the group; offers a place in it to anybody else. */
  setMember: (group: string, user: string, manager: boolean) =>
    call('PUT', '/groups/{id}/members/{user}', { ...member(group, user), body: { manager } }),
  remove: (group: string, user: string) => call('DELETE', '/groups/{id}/members/{user}', member(group, user)),

  offers: () => call('GET', '/me/group-offers'),
  takeOffer: (group: string) => call('POST', '/me/group-offers/{id}/accept', of(group)),
  declineOffer: (group: string) => call('DELETE', '/me/group-offers/{id}', of(group)),
};
