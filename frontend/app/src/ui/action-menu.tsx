import { Menu, type MenuProps } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import { type ComponentProps, cloneElement, Fragment, type ReactElement, type ReactNode, useState } from 'react';
import classes from './action-menu.module.css';
import { Dialog } from './dialog';
import { Keys } from './keys';
import { usePhone } from './screen';

export interface MenuAction {
  id: string;
  label: string;
  icon?: LucideIcon;
  onSelect: () => void;
  danger?: boolean;
  disabled?: boolean;
  /** Shown in a muted colour at the end of the row. */
  detail?: string;
  shortcut?: string;
  /** One of several choices, which makes it a radio item to screen readers. */
  checked?: boolean;
  /** A line above it. */
  apart?: boolean;
}

interface Props {
  title: string;
  actions: MenuAction[];
  /** The button that opens the menu. */
  children: ReactElement<{ onClick?: () => void; 'aria-haspopup'?: 'dialog' | 'menu' }>;
  /** Shown above the actions in the menu. */
  head?: ReactNode;
  foot?: ReactNode;
  position?: MenuProps['position'];
}

/** A menu; on phones a bottom sheet with rows of 48 px. */
export function ActionMenu(props: Props) {
  return usePhone() ? <SheetMenu {...props} /> : <DropMenu {...props} />;
}

function DropMenu({ title, actions, children, head, foot, position }: Props) {
  return (
    <Menu {...(position ? { position } : {})}>
      <Menu.Target>{children}</Menu.Target>
      <Menu.Dropdown aria-label={title}>
        {head}
        {actions.map((action) => (
          <Fragment key={action.id}>
            {action.apart && <Menu.Divider />}
            <Menu.Item
              onClick={action.onSelect}
              disabled={action.disabled ?? false}
              data-danger={action.danger || undefined}
              {...(action.checked === undefined ? {} : { component: Choice, 'aria-checked': action.checked })}
              leftSection={action.icon && <action.icon size={16} strokeWidth={1.75} aria-hidden="true" />}
              rightSection={end(action)}
            >
              {action.label}
            </Menu.Item>
          </Fragment>
        ))}
        {foot}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Sets the role of a choice, because Menu.Item insists on the role menuitem. */
function Choice({ 'aria-checked': checked, ...props }: ComponentProps<'button'>) {
  return <button type="button" {...props} role="menuitemradio" aria-checked={checked ?? false} />;
}

function SheetMenu({ title, actions, children, head, foot }: Props) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      {cloneElement(children, { onClick: () => setOpened(true), 'aria-haspopup': 'dialog' })}
      <Dialog opened={opened} onClose={() => setOpened(false)} title={title}>
        {head}
        <ul className={classes.rows}>
          {actions.map((action) => (
            <li key={action.id}>
              <button
                type="button"
                className={classes.row}
                disabled={action.disabled}
                data-danger={action.danger || undefined}
                {...(action.checked === undefined ? {} : { 'aria-pressed': action.checked })}
                onClick={() => {
                  setOpened(false);
                  action.onSelect();
                }}
              >
                {action.icon && <action.icon size={18} strokeWidth={1.75} aria-hidden="true" />}
                <span>{action.label}</span>
                {(action.checked || action.detail) && (
                  <span className={classes.detail}>
                    {action.detail} {action.checked && '✓'}
                  </span>
                )}
              </button>
            </li>
          ))}
        </ul>
        {foot}
      </Dialog>
    </>
  );
}

function end(action: MenuAction): ReactNode {
  if (action.shortcut)
    return (
      <>
        {action.checked && '✓ '}
        <Keys of={action.shortcut} />
      </>
    );
  if (!action.checked) return action.detail;
  return action.detail ? `${action.detail} ✓` : '✓';
}
