import { describe, expect, test } from 'vitest';
import type { ApiToken } from './calls';
import { documentIds } from './token-fields';
import { aboutToken, madeWords } from './token-words';

const now = new Date('2026-03-03T12:00:00Z');
const token = (scopes: ApiToken['scopes'], documents: string[] = []): ApiToken => ({
  id: 't',
  name: 'script',
  scope: scopes.length > 1 ? 'write' : 'read',
  scopes,
  documents,
  created_at: now.toISOString(),
  last_used_at: null,
  expires_at: '2026-05-01T12:00:00Z',
});

describe('tokens', () => {
  test('are told by what they do and reach', () => {
    expect(aboutToken(token(['read']), now)).toMatch(/^only reads · never used · ends /);
    expect(aboutToken(token(['read', 'write', 'share']), now)).toMatch(/^reads, writes and shares · never used/);
    expect(aboutToken(token(['read', 'delete'], ['a', 'b']), now)).toMatch(/^reads and deletes · 2 documents only · /);
  });

  test('what one made is told', () => {
    const made = { id: 'x', document: { id: 'd', title: 'Plan' }, role: 'editor', created_at: '' } as const;
    expect(madeWords({ kind: 'link', ...made })).toBe('The link for editors to “Plan”');
    expect(madeWords({ kind: 'invitation', email: 'x@example.org', ...made })).toBe(
      'The invitation of x@example.org to “Plan”',
    );
  });

  test('documents are named by address or id', () => {
    expect(documentIds('https://q.org/d/abc?x#y\nabc, d-1;https://q.org/d/_e/ ')).toEqual(['abc', 'd-1', '_e']);
    expect(documentIds('  ')).toEqual([]);
  });
});
