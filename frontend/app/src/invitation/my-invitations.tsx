import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Me } from '../api';
import { whatFailed } from '../documents/use-new-document';
import { type MyInvitation, sharing } from '../share/calls';
import { toast } from '../ui/toasts';
import { roleInvitations, untitled } from '../words';
import classes from './my-invitations.module.css';

/** What waits for my verified address, above my documents. */
export function MyInvitations({ me }: { me: Me }) {
  const list = useQuery({ queryKey: ['my-invitations'], queryFn: sharing.mine, enabled: !me.guest });
  const items = list.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <section className={classes.invitations} aria-label="Invitations">
      <ul>
        {items.map((invitation) => (
          <Row key={invitation.id} invitation={invitation} />
        ))}
      </ul>
    </section>
  );
}

function Row({ invitation }: { invitation: MyInvitation }) {
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const [busy, setBusy] = useState<'accept' | 'decline' | null>(null);
  const title = invitation.document.title || untitled;
  const act = async (what: 'accept' | 'decline') => {
    setBusy(what);
    try {
      if (what === 'accept') navigate(`/d/${(await sharing.accept(invitation.id)).document_id}`);
      else await sharing.decline(invitation.id);
    } catch (problem) {
      toast(whatFailed(problem));
    }
    setBusy(null);
    await queries.invalidateQueries({ queryKey: ['my-invitations'] });
  };
  return (
    <li className={classes.row}>
      <p>
        {invitation.inviter.name} invites you to {roleInvitations[invitation.role] ?? 'read'}{' '}
        <span className={classes.title}>{title}</span>
      </p>
      <span className={classes.answers}>
        <Button size="sm" variant="default" loading={busy === 'accept'} onClick={() => void act('accept')}>
          Accept
        </Button>
        <Button
          size="sm"
          variant="subtle"
          loading={busy === 'decline'}
          aria-label={`Decline: ${title}`}
          onClick={() => void act('decline')}
        >
          Decline
        </Button>
      </span>
    </li>
  );
}
