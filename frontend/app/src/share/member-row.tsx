import { Button } from '@mantine/core';
import { Crown, LogOut, Undo2, UserMinus } from 'lucide-react';
import { useState } from 'react';
import type { Me, Role } from '../api';
import { Avatar } from '../ui/avatar';
import { Dialog, DialogButtons } from '../ui/dialog';
import { roleNames } from '../words';
import { type Member, type ShareLink, sharing, type TransferOffer } from './calls';
import { cameBy } from './came';
import { ChoiceMenu, givenRoles, RoleMenu } from './role-menu';
import classes from './share-dialog.module.css';
import { useAct } from './use-sharing';

type Asking = 'remove' | 'own' | 'leave' | null;

interface Props {
  document: string;
  member: Member;
  me: Me;
  owner: boolean;
  /** How many owners there are: the last one cannot go. */
  owners: number;
  /** Null: not known, or not to this reader. */
  links: readonly ShareLink[] | null;
  /** To whom the document is offered; null: to nobody. */
  offer: TransferOffer | null;
}

export function MemberRow({ document, member, me, owner, owners, links, offer }: Props) {
  const [asking, setAsking] = useState<Asking>(null);
  const { act } = useAct(document);
  const { user, role } = member;
  const mine = user.id === me.id;
  const offered = offer?.to.id === user.id;
  const quiet = [
    user.guest ? 'Guest' : user.email,
    cameBy(member, links),
    offered && 'Offered the document, hasn’t answered yet',
  ]
    .filter(Boolean)
    .join(' · ');
  const done = () => setAsking(null);
  const change = (next: Role) =>
    void act(user.id, async () => {
      await sharing.changeMember(document, user.id, next);
      return `${user.name} is ${article(next)} now`;
    });

  const withdraw = () =>
    void act(user.id, async () => {
      await sharing.withdrawTransfer(document);
      return 'The document stays yours';
    });

  return (
    <li className={classes.row} data-testid="member">
      <Avatar name={user.name} color={user.color} size={36} look="tinted" picture={user.picture ?? null} />
      <div className={classes.who}>
        <p className={classes.name}>
          {user.name} {mine && <span className={classes.you}>(you)</span>}
        </p>
        {quiet && <p className={classes.quiet}>{quiet}</p>}
      </div>
      {mine && !(role === 'owner' && owners === 1) ? (
        <ChoiceMenu
          title="Your role"
          chosen={roleNames[role]}
          actions={[{ id: 'leave', label: 'Leave', icon: LogOut, danger: true, onSelect: () => setAsking('leave') }]}
        />
      ) : !owner || mine ? (
        <span className={classes.fixed}>{roleNames[role]}</span>
      ) : (
        <RoleMenu
          of={user.name}
          role={role}
          roles={role === 'owner' ? [...givenRoles, 'owner'] : (givenRoles as readonly Role[])}
          onChange={change}
          more={[
            ...(offered
              ? [{ id: 'keep', label: 'Withdraw the offer', icon: Undo2, apart: true, onSelect: withdraw }]
              : []),
            ...(user.guest || role === 'owner'
              ? []
              : [{ id: 'own', label: 'Make owner', icon: Crown, apart: true, onSelect: () => setAsking('own') }]),
            {
              id: 'remove',
              label: 'Remove',
              icon: UserMinus,
              danger: true,
              apart: true,
              onSelect: () => setAsking('remove'),
            },
          ]}
        />
      )}
      <Ask
        opened={asking === 'remove'}
        onClose={done}
        title={`Remove ${user.name}?`}
        text={`${user.name} can no longer open this document. What ${user.name} wrote stays. A link that still works would let anyone in again.`}
        word="Remove"
        onYes={() =>
          void act(user.id, async () => {
            await sharing.removeMember(document, user.id);
            return `${user.name} was removed`;
          })
        }
      />
      <Ask
        opened={asking === 'leave'}
        onClose={done}
        title="Leave this document?"
        text="You can no longer open it, unless somebody lets you in again. What you wrote stays."
        word="Leave"
        onYes={() =>
          void act(user.id, async () => {
            await sharing.removeMember(document, user.id);
            return null;
          })
        }
      />
      <TransferDialog document={document} member={member} opened={asking === 'own'} onClose={done} act={act} />
    </li>
  );
}

function TransferDialog(props: {
  document: string;
  member: Member;
  opened: boolean;
  onClose: () => void;
  act: ReturnType<typeof useAct>['act'];
}) {
  const { document, member, opened, onClose, act } = props;
  const { user } = member;
  const give = (also: boolean) => {
    onClose();
    void act(user.id, async () => {
      if (also) await sharing.changeMember(document, user.id, 'owner');
      else await sharing.transfer(document, user.id, 'editor');
      return also ? `${user.name} is an owner too` : `The document is ${user.name}’s once they accept`;
    });
  };
  return (
    <Dialog opened={opened} onClose={onClose} title={`Make ${user.name} owner?`}>
      <p>
        An owner can also share and delete. Own the document together; or offer to hand it over: once {user.name}{' '}
        accepts, it takes their space and you stay as an editor.
      </p>
      <DialogButtons>
        <Button onClick={() => give(true)}>Own it together</Button>
        <Button variant="default" onClick={() => give(false)}>
          Offer it
        </Button>
        <Button variant="default" data-autofocus onClick={onClose}>
          Cancel
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

function Ask(props: {
  opened: boolean;
  onClose: () => void;
  title: string;
  text: string;
  word: string;
  onYes: () => void;
}) {
  const { opened, onClose, title, text, word, onYes } = props;
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <p>{text}</p>
      <DialogButtons>
        <Button
          color="rubric"
          onClick={() => {
            onClose();
            onYes();
          }}
        >
          {word}
        </Button>
        <Button variant="default" data-autofocus onClick={onClose}>
          Keep
        </Button>
      </DialogButtons>
    </Dialog>
  );
}

function article(role: Role): string {
  const name = roleNames[role].toLowerCase();
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
}
