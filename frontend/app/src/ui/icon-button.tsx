import { ActionIcon, type ActionIconProps, type ElementProps, Tooltip } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import { shortcutText } from './keys';

interface Props extends ActionIconProps, ElementProps<'button', keyof ActionIconProps> {
  label: string;
  icon: LucideIcon;
  /** Such as `Mod+Shift+S`; shown in the tooltip, and announced by screen readers. */
  shortcut?: string;
  active?: boolean;
}

/** A button with an icon and a name, which screen readers announce and the tooltip shows after 450 ms. */
export function IconButton({ label, icon: Icon, shortcut, active = false, ...rest }: Props) {
  return (
    <Tooltip
      label={shortcut ? `${label} (${shortcutText(shortcut)})` : label}
      events={{ hover: true, focus: false, touch: false }}
    >
      <ActionIcon aria-label={label} data-active={active || undefined} {...rest}>
        <Icon size={18} strokeWidth={1.75} aria-hidden="true" />
      </ActionIcon>
    </Tooltip>
  );
}
