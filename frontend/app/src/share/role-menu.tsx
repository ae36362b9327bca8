import { ChevronsUpDown } from 'lucide-react';
import type { Role } from '../api';
import { ActionMenu, type MenuAction } from '../ui/action-menu';
import { roleMeanings, roleNames } from '../words';
import classes from './share-dialog.module.css';

interface Props {
  /** Whose role, for screen readers. */
  of: string;
  role: Role;
  roles: readonly Role[];
  onChange: (role: Role) => void;
  more?: MenuAction[];
}

/** A role as a button that opens the others, each with what it means. */
export function RoleMenu({ of, role, roles, onChange, more = [] }: Props) {
  const actions: MenuAction[] = roles.map((one) => ({
    id: one,
    label: roleNames[one],
    checked: one === role,
    ...(one === role ? {} : { detail: roleMeanings[one] }),
    onSelect: () => {
      if (one !== role) onChange(one);
    },
  }));
  return (
    <ActionMenu title={`Role of ${of}`} actions={[...actions, ...more]}>
      <button type="button" className={classes.role} aria-label={`Role of ${of}: ${roleNames[role]}`}>
        {roleNames[role]}
        <ChevronsUpDown size={14} strokeWidth={1.75} aria-hidden="true" />
      </button>
    </ActionMenu>
  );
}
