import { ChevronsUpDown } from 'lucide-react';
import type { GivenRole, Role } from '../api';
import { ActionMenu, type MenuAction } from '../ui/action-menu';
import { roleMeanings, roleNames } from '../words';
import classes from './share-dialog.module.css';

/** The roles that can be given here. Commenter is not offered until there are comments. */
export const givenRoles: readonly GivenRole[] = ['viewer', 'editor'];

interface Props<R extends Role> {
  /** Whose role it is, for screen readers. */
  of: string;
  role: R;
  roles: readonly R[];
  onChange: (role: R) => void;
  more?: MenuAction[];
}

/** A button with a role that opens a menu of all roles, each with its meaning. */
export function RoleMenu<R extends Role>({ of, role, roles, onChange, more = [] }: Props<R>) {
  const actions: MenuAction[] = roles.map((one) => ({
    id: one,
    label: roleNames[one],
    checked: one === role,
    detail: roleMeanings[one],
    onSelect: () => {
      if (one !== role) onChange(one);
    },
  }));
  return <ChoiceMenu title={`Role of ${of}`} chosen={roleNames[role]} actions={[...actions, ...more]} />;
}

export function GivenRoleMenu(props: Omit<Props<GivenRole>, 'roles'>) {
  return <RoleMenu {...props} roles={givenRoles} />;
}

/** A button with the present choice that opens a menu of all choices. */
export function ChoiceMenu({ title, chosen, actions }: { title: string; chosen: string; actions: MenuAction[] }) {
  return (
    <ActionMenu title={title} actions={actions}>
      <button type="button" className={classes.role} aria-label={`${title}: ${chosen}`}>
        {chosen}
        <ChevronsUpDown size={14} strokeWidth={1.75} aria-hidden="true" />
      </button>
    </ActionMenu>
  );
}
