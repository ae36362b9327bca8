import { useQuery } from '@tanstack/react-query';
import { Plus, UserMinus, UsersRound } from 'lucide-react';
import { groups } from '../groups/calls';
import { ActionMenu } from '../ui/action-menu';
import { people, roleNames } from '../words';
import { type DocumentGroup, sharing } from './calls';
import { GivenRoleMenu } from './role-menu';
import classes from './share-dialog.module.css';
import { useAct } from './use-sharing';

/** The groups that have a role here. An owner can give one to groups they are in. */
export function GroupRows({ document, given, owner }: { document: string; given: DocumentGroup[]; owner: boolean }) {
  const { act } = useAct(document);
  const mine = useQuery({ queryKey: ['groups'], queryFn: groups.mine, enabled: owner });
  const free = (mine.data?.items ?? []).filter((group) => !given.some((one) => one.group.id === group.id));
  return (
    <>
      {given.map(({ group, role }) => (
        <li key={group.id} className={classes.row} data-testid="group">
          <span className={classes.globe}>
            <UsersRound size={18} strokeWidth={1.75} aria-hidden="true" />
          </span>
          <div className={classes.who}>
            <p className={classes.name}>{group.name}</p>
            <p className={classes.quiet}>{people(group.members)}</p>
          </div>
          {owner ? (
            <GivenRoleMenu
              of={group.name}
              role={role}
              onChange={(next) =>
                void act(group.id, async () => {
                  await sharing.setGroup(document, group.id, next);
                  return `${group.name} ${next === 'editor' ? 'can edit' : 'can read'} now`;
                })
              }
              more={[
                {
                  id: 'remove',
                  label: 'Remove',
                  icon: UserMinus,
                  danger: true,
                  apart: true,
                  onSelect: () =>
                    void act(group.id, async () => {
                      await sharing.removeGroup(document, group.id);
                      return `${group.name} was removed`;
                    }),
                },
              ]}
            />
          ) : (
            <span className={classes.fixed}>{roleNames[role]}</span>
          )}
        </li>
      ))}
      {owner && free.length > 0 && (
        <li className={classes.make}>
          <ActionMenu
            title="Add a group"
            actions={free.map((group) => ({
              id: group.id,
              label: group.name,
              detail: people(group.members),
              onSelect: () =>
                void act(group.id, async () => {
                  await sharing.setGroup(document, group.id, 'viewer');
                  return `${group.name} can read now`;
                }),
            }))}
          >
            <button type="button" className={classes.add}>
              <Plus size={16} strokeWidth={1.75} aria-hidden="true" />
              Add a group
            </button>
          </ActionMenu>
        </li>
      )}
    </>
  );
}
