import type { Schemas } from '@quire/client';
import type { GivenRole, Role } from '../api';
import { call } from '../call';

/** REST of sharing, one function per call. */

export type Member = Schemas['Member'];
export type ShareLink = Schemas['Link'];
export type Invitation = Schemas['Invitation'];
export type DocumentGroup = Schemas['DocumentGroup'];
export type AccessRequest = Schemas['AccessRequest'];
export type TransferOffer = Schemas['TransferOffer'];
export type Reach = Schemas['Reach']['role'];

const of = (doc: string) => ({ path: { id: doc } });
const ofUser = (doc: string, user: string) => ({ path: { id: doc, user } });
const ofLink = (doc: string, link: string) => ({ path: { id: doc, link } });
const ofInvitation = (doc: string, invitation: string) => ({ path: { id: doc, invitation } });
const ofGroup = (doc: string, group: string) => ({ path: { id: doc, group } });

export const sharing = {
  members: (doc: string) => call('GET', '/documents/{id}/members', of(doc)),
  changeMember: (doc: string, user: string, role: Role) =>
    call('PATCH', '/documents/{id}/members/{user}', { ...ofUser(doc, user), body: { role } }),
  candidates: (doc: string, name: string) =>
    call('GET', '/documents/{id}/candidates', { ...of(doc), query: { q: name } }),
  /** Gives somebody with an account here a role at once. */
  addMember: (doc: string, user: string, role: GivenRole) =>
    call('PUT', '/documents/{id}/members/{user}', { ...ofUser(doc, user), body: { role } }),
  removeMember: (doc: string, user: string) => call('DELETE', '/documents/{id}/members/{user}', ofUser(doc, user)),
  transfer: (doc: string, user: string, then: Reach) =>
    call('POST', '/documents/{id}/transfer', { ...of(doc), body: { user, then } }),
  pendingTransfer: (doc: string) => call('GET', '/documents/{id}/transfer', of(doc)),
  withdrawTransfer: (doc: string) => call('DELETE', '/documents/{id}/transfer', of(doc)),

  links: (doc: string) => call('GET', '/documents/{id}/links', of(doc)),
  createLink: (doc: string, role: GivenRole, expires: string | null) =>
    call('POST', '/documents/{id}/links', {
      ...of(doc),
      body: { role, ...(expires === null ? {} : { expires_at: expires }) },
    }),
  changeLink: (doc: string, link: string, expires: string | null) =>
    call('PATCH', '/documents/{id}/links/{link}', { ...ofLink(doc, link), body: { expires_at: expires } }),
  withdrawLink: (doc: string, link: string, people: 'keep' | 'remove') =>
    call('DELETE', '/documents/{id}/links/{link}', { ...ofLink(doc, link), query: { people } }),
  restoreLink: (doc: string, link: string) => call('POST', '/documents/{id}/links/{link}/restore', ofLink(doc, link)),

  invitations: (doc: string) => call('GET', '/documents/{id}/invitations', of(doc)),
  invite: (doc: string, email: string, role: GivenRole) =>
    call('POST', '/documents/{id}/invitations', { ...of(doc), body: { email, role } }),
  inviteAgain: (doc: string, invitation: string) =>
    call('POST', '/documents/{id}/invitations/{invitation}/resend', ofInvitation(doc, invitation)),
  withdrawInvitation: (doc: string, invitation: string) =>
    call('DELETE', '/documents/{id}/invitations/{invitation}', ofInvitation(doc, invitation)),

  groups: (doc: string) => call('GET', '/documents/{id}/groups', of(doc)),
  setGroup: (doc: string, group: string, role: GivenRole) =>
    call('PUT', '/documents/{id}/groups/{group}', { ...ofGroup(doc, group), body: { role } }),
  removeGroup: (doc: string, group: string) => call('DELETE', '/documents/{id}/groups/{group}', ofGroup(doc, group)),

  reach: (doc: string) => call('GET', '/documents/{id}/reach', of(doc)),
  setReach: (doc: string, role: Reach) => call('PUT', '/documents/{id}/reach', { ...of(doc), body: { role } }),

  ask: (doc: string, role: GivenRole, message: string) =>
    call('POST', '/documents/{id}/requests', { ...of(doc), body: { role, ...(message ? { message } : {}) } }),
  requests: (doc: string) => call('GET', '/documents/{id}/requests', of(doc)),
  grantRequest: (doc: string, user: string, role: GivenRole) =>
    call('POST', '/documents/{id}/requests/{user}/grant', { ...ofUser(doc, user), body: { role } }),
  declineRequest: (doc: string, user: string) => call('DELETE', '/documents/{id}/requests/{user}', ofUser(doc, user)),

  myTransfers: () => call('GET', '/me/transfers'),
  acceptTransfer: (doc: string) => call('POST', '/me/transfers/{id}/accept', of(doc)),
  declineTransfer: (doc: string) => call('DELETE', '/me/transfers/{id}', of(doc)),

  mine: () => call('GET', '/me/invitations'),
  accept: (invitation: string) => call('POST', '/me/invitations/{invitation}/accept', { path: { invitation } }),
  decline: (invitation: string) => call('DELETE', '/me/invitations/{invitation}', { path: { invitation } }),
};
