import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { size } from '../admin/sizes';
import type { Me } from '../api';
import { whatFailed } from '../documents/use-new-document';
import { groups } from '../groups/calls';
import { sharing } from '../share/calls';
import { toast } from '../ui/toasts';
import { roleInvitations, untitled } from '../words';
import classes from './my-invitations.module.css';

/** What waits for me, above my documents: invitations to my address, places in groups, and documents handed over to me. */
export function MyInvitations({ me }: { me: Me }) {
  const [, navigate] = useLocation();
  const queries = useQueryClient();
  const enabled = !me.guest;
  const invitations = useQuery({ queryKey: ['my-invitations'], queryFn: sharing.mine, enabled }).data?.items ?? [];
  const offers = useQuery({ queryKey: ['my-group-offers'], queryFn: groups.offers, enabled }).data?.items ?? [];
  const transfers = useQuery({ queryKey: ['my-transfers'], queryFn: sharing.myTransfers, enabled }).data?.items ?? [];
  if (invitations.length + offers.length + transfers.length === 0) return null;
  return (
    <section className={classes.invitations} aria-label="Invitations">
      <ul>
        {invitations.map(({ id, document, inviter, role }) => (
          <Row
            key={id}
            of="my-invitations"
            to={document.title || untitled}
            accept={async () => navigate(`/d/${(await sharing.accept(id)).document_id}`)}
            decline={() => sharing.decline(id)}
          >
            {inviter.name} invites you to {roleInvitations[role] ?? 'read'}{' '}
            <span className={classes.title}>{document.title || untitled}</span>
          </Row>
        ))}
        {transfers.map(({ document, from, bytes }) => (
          <Row
            key={document.id}
            of="my-transfers"
            to={document.title || untitled}
            accept={async () => {
              await sharing.acceptTransfer(document.id);
              toast('The document is yours now');
              await queries.invalidateQueries({ queryKey: ['documents'] });
            }}
            decline={() => sharing.declineTransfer(document.id)}
          >
            {from.name} hands <span className={classes.title}>{document.title || untitled}</span> over to you. It takes{' '}
            {size(bytes)} of your space then.
          </Row>
        ))}
        {offers.map(({ group, inviter }) => (
          <Row
            key={group.id}
            of="my-group-offers"
            to={group.name}
            accept={async () => {
              await groups.takeOffer(group.id);
              toast(`You are in ${group.name} now`);
              await queries.invalidateQueries({ queryKey: ['documents'] });
            }}
            decline={() => groups.declineOffer(group.id)}
          >
            {inviter.name} offers you a place in the group <span className={classes.title}>{group.name}</span>. What is
            shared with it is shared with you then.
          </Row>
        ))}
      </ul>
    </section>
  );
}

interface RowProps {
  /** The list it stands in, read anew afterwards. */
  of: string;
  to: string;
  accept: () => Promise<void>;
  decline: () => Promise<void>;
  children: ReactNode;
}

function Row({ of, to, accept, decline, children }: RowProps) {
  const queries = useQueryClient();
  const [busy, setBusy] = useState<'accept' | 'decline' | null>(null);
  const act = async (what: 'accept' | 'decline') => {
    setBusy(what);
    try {
      await (what === 'accept' ? accept() : decline());
    } catch (problem) {
      toast(whatFailed(problem));
    }
    setBusy(null);
    await queries.invalidateQueries({ queryKey: [of] });
  };
  return (
    <li className={classes.row}>
      <p>{children}</p>
      <span className={classes.answers}>
        <Button size="sm" variant="default" loading={busy === 'accept'} onClick={() => void act('accept')}>
          Accept
        </Button>
        <Button
          size="sm"
          variant="subtle"
          loading={busy === 'decline'}
          aria-label={`Decline: ${to}`}
          onClick={() => void act('decline')}
        >
          Decline
        </Button>
      </span>
    </li>
  );
}
