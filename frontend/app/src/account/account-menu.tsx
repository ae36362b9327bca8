import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { LogOut, Monitor, Moon, ShieldCheck, Sun, UserPlus, UserRound, UsersRound } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Me } from '../api';
import { signUpAddress } from '../auth/go-on';
import { GroupsDialog } from '../groups/groups-dialog';
import { ActionMenu, type MenuAction } from '../ui/action-menu';
import { Avatar } from '../ui/avatar';
import { AccountDialog } from './account-dialog';
import classes from './account-menu.module.css';
import { SignOutDialog, useSignOut } from './sign-out';

/** The menu of the signed-in person: profile, theme, sign-ins, signing out. */
export function AccountMenu({ me }: { me: Me }) {
  const [opened, setOpened] = useState(false);
  const [groups, setGroups] = useState(false);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light', { getInitialValueInEffect: false }) === 'dark';
  const signOut = useSignOut();
  const [, navigate] = useLocation();

  const theme = (value: 'light' | 'dark' | 'auto', label: string, icon: typeof Sun): MenuAction => ({
    id: value,
    label,
    icon,
    checked: colorScheme === value,
    apart: value === 'light',
    onSelect: () => setColorScheme(value),
  });
  const actions: MenuAction[] = [
    {
      id: 'account',
      label: me.guest ? 'Name and colour' : 'Account',
      icon: UserRound,
      onSelect: () => setOpened(true),
    },
    ...(me.guest ? [] : [{ id: 'groups', label: 'Groups', icon: UsersRound, onSelect: () => setGroups(true) }]),
    ...(me.admin
      ? [{ id: 'admin', label: 'Administration', icon: ShieldCheck, onSelect: () => navigate('/admin') }]
      : []),
    ...(me.guest
      ? [
          {
            id: 'sign-up',
            label: 'Make an account',
            icon: UserPlus,
            onSelect: () => navigate(signUpAddress(location.pathname)),
          },
        ]
      : []),
    theme('light', 'Light theme', Sun),
    theme('dark', 'Dark theme', Moon),
    theme('auto', 'Theme of the system', Monitor),
    { id: 'sign-out', label: 'Sign out', icon: LogOut, apart: true, onSelect: signOut.begin },
  ];
  return (
    <>
      <ActionMenu title={me.name} actions={actions} head={<Head me={me} />}>
        <button
          type="button"
          className={classes.button}
          aria-label={`Account of ${me.name}`}
          data-theme={dark ? 'dark' : 'light'}
        >
          <Avatar name={me.name} color={me.color} size={30} picture={me.picture ?? null} />
        </button>
      </ActionMenu>
      <AccountDialog opened={opened} onClose={() => setOpened(false)} me={me} />
      <GroupsDialog opened={groups} onClose={() => setGroups(false)} me={me} />
      <SignOutDialog {...signOut} />
    </>
  );
}

function Head({ me }: { me: Me }) {
  return (
    <div className={classes.head}>
      <p className={classes.name}>{me.name}</p>
      <p>{me.guest ? 'Guest' : me.email}</p>
    </div>
  );
}
