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

describe('the audit log in words', () => {
  it.each([
    [entry('grant.set', { person: bob, detail: { role: 'editor' } }), 'Ada made Bob editor'],
    [entry('grant.remove', { person: bob }), 'Ada took away the role of Bob'],
    [entry('link.create', { detail: { role: 'viewer' } }), 'Ada made a link for viewers'],
    [
      entry('invitation.create', { subject: 'cy@example.org', detail: { role: 'editor' } }),
      'Ada invited cy@example.org as editor',
    ],
    [entry('reach.set', { detail: { role: 'none' } }), 'Ada closed a document to everybody who was not invited'],
    [
      entry('reach.set', { detail: { role: 'viewer' } }),
      'Ada opened a document to everybody with an account as viewer',
    ],
    [entry('user.password', { person: ada }), 'Ada changed their password'],
    [entry('user.password', { person: bob, actor: null }), 'The command line set the password of Bob'],
    [entry('signin.end', { person: bob }), 'Ada ended a sign-in of Bob'],
    [entry('something.new', { subject: 'x1' }), 'Ada: something.new x1'],
  ])('%#', (one, words) => expect(auditWords(one)).toBe(words));
});
