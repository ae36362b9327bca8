import { describe, expect, it } from 'vitest';
import { Problem } from '../problem';
import { invitationGone, linkGone } from './words';

const now = new Date(2026, 2, 13, 14, 0);

describe('addresses that open nothing', () => {
  it('says since when, where the server does', () => {
    const ended = new Problem('link-expired', { endedAt: new Date(2026, 2, 3) });
    expect(linkGone(ended, now)).toEqual({
      heading: 'This link has ended',
      text: 'It ended on 3 Mar. Ask whoever sent it for a new one.',
    });
    expect(invitationGone(ended, now).heading).toBe('This invitation has ended');
  });
  it('says no more than it knows', () => {
    expect(linkGone(new Problem('not-found'), now).heading).toBe('This link no longer works');
    expect(invitationGone(new Error('odd'), now).text).toContain('used already, or withdrawn');
  });
});
