import { Button } from '@mantine/core';
import { useState } from 'react';
import type { GivenRole } from '../api';
import { Avatar } from '../ui/avatar';
import { roleNames } from '../words';
import { type AccessRequest, sharing } from './calls';
import { GivenRoleMenu, givenRoles } from './role-menu';
import classes from './share-dialog.module.css';
import { useAct } from './use-sharing';

/** Who asks to get in, on top of everything else. */
export function RequestRows({ document, requests }: { document: string; requests: AccessRequest[] }) {
  return (
    <section className={classes.requests} aria-label="Requests for access">
      <ul>
        {requests.map((request) => (
          <RequestRow key={request.user.id} document={document} request={request} />
        ))}
      </ul>
    </section>
  );
}

function RequestRow({ document, request }: { document: string; request: AccessRequest }) {
  const { user } = request;
  const [role, setRole] = useState<GivenRole>(givenRoles.includes(request.role) ? request.role : 'viewer');
  const { act, busy } = useAct(document);
  return (
    <li className={classes.request} data-testid="request">
      <div className={classes.row}>
        <Avatar name={user.name} color={user.color} size={36} look="tinted" picture={user.picture ?? null} />
        <div className={classes.who}>
          <p className={classes.name}>{user.name} asks to get in</p>
          <p className={classes.quiet}>{user.email ?? request.email_hint}</p>
        </div>
        <GivenRoleMenu of={user.name} role={role} onChange={setRole} />
      </div>
      {request.message && <p className={classes.message}>{request.message}</p>}
      <div className={classes.answers}>
        <Button
          size="sm"
          variant="default"
          loading={busy === 'grant'}
          onClick={() =>
            void act('grant', async () => {
              await sharing.grantRequest(document, user.id, role);
              return `${user.name} is in, as ${roleNames[role].toLowerCase()}`;
            })
          }
        >
          Grant
        </Button>
        <Button
          size="sm"
          variant="subtle"
          loading={busy === 'decline'}
          onClick={() =>
            void act('decline', async () => {
              await sharing.declineRequest(document, user.id);
              return 'Declined';
            })
          }
        >
          Decline
        </Button>
      </div>
    </li>
  );
}
