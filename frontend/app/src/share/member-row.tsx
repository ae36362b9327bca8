import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { UserMinus } from 'lucide-react';
import { useState } from 'react';
import { api, type Me, type Member, type Role } from '../api';
import { whatFailed } from '../documents/use-new-document';
import { Avatar } from '../ui/avatar';
import { Dialog, DialogButtons } from '../ui/dialog';
import { toast } from '../ui/toasts';
import { roleNames } from '../words';
import { RoleMenu } from './role-menu';
import classes from './share-dialog.module.css';

/** A document has one owner; the role is not handed on here. Commenters are not offered until there are comments. */
const assignable: readonly Role[] = ['viewer', 'editor'];

export function MemberRow({ document, member, me }: { document: string; member: Member; me: Me }) {
  const [asking, setAsking] = useState(false);
  const queries = useQueryClient();
  const { user, role } = member;
  const mine = user.id === me.id;

  const act = async (change: () => Promise<unknown>, done: string) => {
    try {
      await change();
      toast(done);
    } catch (problem) {
      toast(whatFailed(problem));
    }
    void queries.invalidateQueries({ queryKey: ['members', document] });
  };
  const change = (next: Role) =>
    void act(() => api.changeMember(document, user.id, next), `${user.name} is ${article(next)} now`);

  return (
    <li className={classes.row}>
      <Avatar name={user.name} color={user.color} size={36} look="tinted" />
      <div className={classes.who}>
        <p className={classes.name}>
          {user.name} {mine && <span className={classes.you}>(you)</span>}
        </p>
        <p className={classes.quiet}>{user.guest ? 'Guest' : user.email}</p>
      </div>
      {role === 'owner' || mine ? (
        <span className={classes.fixed}>{roleNames[role]}</span>
      ) : (
        <RoleMenu
          of={user.name}
          role={role}
          roles={assignable}
          onChange={change}
          more={[
            {
              id: 'remove',
              label: 'Remove',
              icon: UserMinus,
              danger: true,
              apart: true,
              onSelect: () => setAsking(true),
            },
          ]}
        />
      )}
      <Dialog opened={asking} onClose={() => setAsking(false)} title={`Remove ${user.name}?`}>
        <p>
          {user.name} can no longer open this document. What {user.name} wrote stays. A link that still works would let
          anyone in again.
        </p>
        <DialogButtons>
          <Button
            color="rubric"
            onClick={() => {
              setAsking(false);
              void act(() => api.removeMember(document, user.id), `${user.name} was removed`);
            }}
          >
            Remove
          </Button>
          <Button variant="default" data-autofocus onClick={() => setAsking(false)}>
            Keep
          </Button>
        </DialogButtons>
      </Dialog>
    </li>
  );
}

function article(role: Role): string {
  const name = roleNames[role].toLowerCase();
  return /^[aeiou]/.test(name) ? `an ${name}` : `a ${name}`;
}
