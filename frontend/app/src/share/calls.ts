import { type AccessGiven, call, type GivenRole, type Person, piece, type Role } from '../api';
import type { Candidate } from '../people';

/** REST of sharing, one function per call. */

export interface MemberUser extends Person {
  email?: string;
}

export interface Member {
  user: MemberUser;
  role: Role;
  created_at: string;
  via: string;
  /** With via `link`, which one, where that was noted; owners are told. */
  link?: string;
}

export interface ShareLink {
  id: string;
  role: GivenRole;
  url: string;
  created_at: string;
  /** Null: for ever. */
  expires_at: string | null;
  expired: boolean;
  created_by: Person;
}

export interface Invitation {
  id: string;
  email: string;
  role: GivenRole;
  /** Shown to whoever made it only. */
  url?: string;
  created_at: string;
  expires_at: string;
  expired: boolean;
  created_by: Person;
}

export interface InvitationMade extends Invitation {
  mailed: boolean;
}

export interface GroupName {
  id: string;
  name: string;
  members: number;
}

export interface DocumentGroup {
  group: GroupName;
  role: GivenRole;
  created_at: string;
}

export type Reach = GivenRole | 'none';

export interface AccessRequest {
  user: MemberUser;
  role: GivenRole;
  message: string;
  created_at: string;
}

export interface MyInvitation {
  id: string;
  document: { id: string; title: string };
  role: GivenRole;
  inviter: { name: string };
  created_at: string;
  expires_at: string;
}

interface List<T> {
  items: T[];
}

const of = (doc: string, rest: string) => `/documents/${piece(doc)}${rest}`;

export const sharing = {
  members: (doc: string) => call<List<Member>>('GET', of(doc, '/members')),
  changeMember: (doc: string, user: string, role: Role) =>
    call<Member>('PATCH', of(doc, `/members/${piece(user)}`), { role }),
  candidates: (doc: string, name: string) => call<List<Candidate>>('GET', of(doc, `/candidates?q=${piece(name)}`)),
  /** Gives somebody with an account here a role at once. */
  addMember: (doc: string, user: string, role: GivenRole) =>
    call<Member>('PUT', of(doc, `/members/${piece(user)}`), { role }),
  removeMember: (doc: string, user: string) => call<void>('DELETE', of(doc, `/members/${piece(user)}`)),
  transfer: (doc: string, user: string, then: Reach) =>
    call<{ role: Role | 'none' }>('POST', of(doc, '/transfer'), { user, then }),

  links: (doc: string) => call<List<ShareLink>>('GET', of(doc, '/links')),
  createLink: (doc: string, role: GivenRole, expires: string | null) =>
    call<ShareLink>('POST', of(doc, '/links'), { role, ...(expires === null ? {} : { expires_at: expires }) }),
  changeLink: (doc: string, link: string, expires: string | null) =>
    call<ShareLink>('PATCH', of(doc, `/links/${piece(link)}`), { expires_at: expires }),
  withdrawLink: (doc: string, link: string, people: 'keep' | 'remove') =>
    call<void>('DELETE', of(doc, `/links/${piece(link)}?people=${people}`)),
  restoreLink: (doc: string, link: string) => call<ShareLink>('POST', of(doc, `/links/${piece(link)}/restore`)),

  invitations: (doc: string) => call<List<Invitation>>('GET', of(doc, '/invitations')),
  invite: (doc: string, email: string, role: GivenRole) =>
    call<InvitationMade>('POST', of(doc, '/invitations'), { email, role }),
  inviteAgain: (doc: string, invitation: string) =>
    call<InvitationMade>('POST', of(doc, `/invitations/${piece(invitation)}/resend`)),
  withdrawInvitation: (doc: string, invitation: string) =>
    call<void>('DELETE', of(doc, `/invitations/${piece(invitation)}`)),

  groups: (doc: string) => call<List<DocumentGroup>>('GET', of(doc, '/groups')),
  setGroup: (doc: string, group: string, role: GivenRole) =>
    call<DocumentGroup>('PUT', of(doc, `/groups/${piece(group)}`), { role }),
  removeGroup: (doc: string, group: string) => call<void>('DELETE', of(doc, `/groups/${piece(group)}`)),

  reach: (doc: string) => call<{ role: Reach }>('GET', of(doc, '/reach')),
  setReach: (doc: string, role: Reach) => call<{ role: Reach }>('PUT', of(doc, '/reach'), { role }),

  ask: (doc: string, role: GivenRole, message: string) =>
    call<void>('POST', of(doc, '/requests'), { role, ...(message ? { message } : {}) }),
  requests: (doc: string) => call<List<AccessRequest>>('GET', of(doc, '/requests')),
  grantRequest: (doc: string, user: string, role: GivenRole) =>
    call<Member>('POST', of(doc, `/requests/${piece(user)}/grant`), { role }),
  declineRequest: (doc: string, user: string) => call<void>('DELETE', of(doc, `/requests/${piece(user)}`)),

  mine: () => call<List<MyInvitation>>('GET', '/me/invitations'),
  accept: (invitation: string) => call<AccessGiven>('POST', `/me/invitations/${piece(invitation)}/accept`),
  decline: (invitation: string) => call<void>('DELETE', `/me/invitations/${piece(invitation)}`),
};
