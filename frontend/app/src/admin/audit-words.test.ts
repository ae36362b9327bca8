import { describe, expect, it } from 'vitest';
import { auditWords } from './audit-words';
import type { AuditEntry } from './calls';

const ada = { id: 'a', name: 'Ada', color: 1, guest: false };
const bob = { id: 'b', name: 'Bob', color: 2, guest: false };
const entry = (action: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  id: 1,
  at: '2026-03-03T14:02:00Z',
  actor: ada,
  action,
  person: null,
  ...more,
});

const plan = { document: 'd1', title: 'Plan' };
const roofers = { detail: { group: 'g1', name: 'Roofers' } };

describe('the audit log in words', () => {
  it.each([
    [
      entry('grant.set', { ...plan, person: bob, detail: { role: 'editor', was: '' } }),
      'Ada made Bob editor of “Plan”',
    ],
    [
      entry('grant.set', { ...plan, person: bob, detail: { role: 'editor', was: 'viewer' } }),
      'Ada made Bob editor of “Plan”, before viewer',
    ],
    [
      entry('grant.set', { ...plan, person: ada, detail: { role: 'viewer', via: 'link' } }),
      'Ada came into “Plan” by a link as viewer',
    ],
    [entry('grant.remove', { ...plan, person: bob }), 'Ada removed Bob from “Plan”'],
    [entry('grant.remove', { ...plan, person: ada }), 'Ada left “Plan”'],
    [entry('grant.remove', { document: 'd1', person: bob }), 'Ada removed Bob from the document d1'],
    [
      entry('link.create', { ...plan, title: '', detail: { role: 'viewer' } }),
      'Ada made a link for viewers to “Untitled”',
    ],
    [entry('link.withdraw', { ...plan, detail: { role: 'viewer' } }), 'Ada withdrew the link for viewers to “Plan”'],
    [
      entry('invitation.create', { ...plan, subject: 'cy@example.org', detail: { role: 'editor' } }),
      'Ada invited cy@example.org to “Plan” as editor',
    ],
    [
      entry('invitation.withdraw', { ...plan, subject: 'cy@example.org', detail: { role: 'editor' } }),
      'Ada withdrew the invitation of cy@example.org to “Plan”',
    ],
    [entry('invitation.withdraw', { ...plan, subject: 'i1' }), 'Ada withdrew an invitation to “Plan”'],
    [entry('reach.set', { ...plan, detail: { role: 'none' } }), 'Ada closed “Plan” to everybody who was not invited'],
    [entry('group.member', { person: bob, ...roofers }), 'Ada put Bob into the group “Roofers”'],
    [entry('group.withdraw', { person: bob, ...roofers }), 'Ada withdrew the place of Bob in the group “Roofers”'],
    [
      entry('group.withdraw', { ...plan, subject: 'g1', group: 'Roofers' }),
      'Ada took the role on “Plan” away from the group “Roofers”',
    ],
    [entry('user.change', { person: bob, detail: { suspended: true } }), 'Ada suspended Bob'],
    [entry('user.password', { person: ada }), 'Ada changed their password'],
    [entry('user.password', { person: bob, actor: null }), 'The command line changed the password of Bob'],
    [
      entry('user.password', { person: bob, detail: { removed: true } }),
      'Ada made a one-time address for Bob, and ended their password and all their sign-ins',
    ],
    [entry('signin.end', { person: bob }), 'Ada ended a sign-in of Bob'],
    [entry('signin.end', { person: ada, detail: { out: true } }), 'Ada signed out'],
    [entry('signin.end', { person: ada }), 'Ada ended a sign-in of theirs'],
    [entry('document.trash', plan), 'Ada put “Plan” into the trash'],
    [entry('document.restore', plan), 'Ada took “Plan” out of the trash'],
    [
      entry('request.grant', { ...plan, person: bob, detail: { role: 'editor', was: 'viewer' } }),
      'Ada granted Bob access to “Plan” as editor, before viewer',
    ],
    [entry('export.begin', { person: ada }), 'Ada took an archive of all that is kept about them'],
    [
      entry('document.delete', { document: 'd1', actor: null, detail: { trash: true } }),
      'The trash was emptied of the document d1: its time there was over',
    ],
    [entry('document.delete', { document: 'd1', actor: null }), 'The command line deleted the document d1 for good'],
    [
      entry('signin.fail', { actor: null, person: bob, detail: { way: 'password', why: 'wrong' } }),
      'Somebody could not sign in as Bob',
    ],
    [
      entry('signin.fail', { actor: null, detail: { way: 'password', why: 'wrong', unwritten: 12 } }),
      'Somebody could not sign in with an e-mail that has no account, and 12 more before',
    ],
    [
      entry('signin.fail', { actor: null, person: bob, detail: { way: 'oidc', why: 'suspended' } }),
      'Somebody could not sign in as Bob through the sign-in provider: the account is suspended',
    ],
    [entry('something.new', { subject: 'x1' }), 'Ada: something.new x1'],
  ])('%#', (one, words) => expect(auditWords(one)).toBe(words));
});
