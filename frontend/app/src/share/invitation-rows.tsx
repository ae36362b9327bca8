import { Copy, RotateCcw, Trash2 } from 'lucide-react';
import type { MenuAction } from '../ui/action-menu';
import { copyText } from '../ui/copy';
import { roleNames, when } from '../words';
import { type Invitation, sharing } from './calls';
import { expiryWords } from './expiry';
import { ChoiceMenu } from './role-menu';
import classes from './share-dialog.module.css';
import { useAct } from './use-sharing';

/** The people who were invited and have not accepted yet. */
export function InvitationRows({ document, invitations }: { document: string; invitations: Invitation[] }) {
  const { act } = useAct(document);
  const now = new Date();
  return (
    <>
      {invitations.map((invitation) => (
        <li key={invitation.id} className={classes.row} data-testid="invitation">
          <span className={classes.waiting} aria-hidden="true">
            {invitation.email.slice(0, 1).toUpperCase()}
          </span>
          <div className={classes.who}>
            <p className={classes.name}>{invitation.email}</p>
            <p className={classes.quiet}>
              {invitation.expired
                ? `The invitation ${expiryWords(invitation.expires_at, true, now).toLowerCase()}`
                : `Invited ${when(new Date(invitation.created_at), now)}, hasn’t come yet`}
            </p>
          </div>
          <ChoiceMenu
            title={`Invitation of ${invitation.email}`}
            chosen={roleNames[invitation.role]}
            actions={actionsOf(document, invitation, act)}
          />
        </li>
      ))}
    </>
  );
}

function actionsOf(document: string, invitation: Invitation, act: ReturnType<typeof useAct>['act']): MenuAction[] {
  const { id, email, url } = invitation;
  const copy: MenuAction = {
    id: 'copy',
    label: 'Copy its address',
    icon: Copy,
    onSelect: () =>
      void act(id, async () =>
        url && (await copyText(url)) ? 'Address copied' : 'This browser did not allow copying',
      ),
  };
  return [
    ...(url && !invitation.expired ? [copy] : []),
    {
      id: 'again',
      label: 'Invite again',
      icon: RotateCcw,
      onSelect: () =>
        void act(id, async () => {
          const made = await sharing.inviteAgain(document, id);
          if (made.mailed) return `Invitation sent to ${email}`;
          return made.url && (await copyText(made.url)) ? 'New address copied' : 'New invitation made';
        }),
    },
    {
      id: 'withdraw',
      label: 'Withdraw',
      icon: Trash2,
      danger: true,
      apart: true,
      onSelect: () =>
        void act(id, async () => {
          await sharing.withdrawInvitation(document, id);
          return 'Invitation withdrawn';
        }),
    },
  ];
}
