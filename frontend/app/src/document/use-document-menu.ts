import { useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import {
  ArchiveRestore,
  Command,
  Download,
  Keyboard,
  Link2,
  Moon,
  PencilLine,
  Printer,
  Sun,
  Trash2,
  UserPlus,
  UsersRound,
} from 'lucide-react';
import { useLocation } from 'wouter';
import { listAddress } from '../documents/list-address';
import { useDocumentActions } from '../documents/use-documents';
import type { MenuAction } from '../ui/action-menu';
import { copyText, downloadText } from '../ui/copy';
import { toast } from '../ui/toasts';
import { untitled } from '../words';
import type { Title } from './use-title';

interface Options {
  document: string;
  title: Title;
  owner: boolean;
  mayRename: boolean;
  text: () => string;
  onHelp: () => void;
  onPalette: () => void;
  /** Opens the share dialog, in which those who may not share only see who has access. */
  onShare: () => void;
  /** Opens the parked texts; null: there are none. */
  parked: (() => void) | null;
}

/** Returns the actions on the document as a whole: the menu at the end of the header, and half of the palette. */
export function useDocumentMenu(options: Options): MenuAction[] {
  const { document: id, title, owner, mayRename, text } = options;
  const [, navigate] = useLocation();
  const actions = useDocumentActions();
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const { setColorScheme } = useMantineColorScheme();
  const dark = scheme === 'dark';
  const name = title.value || untitled;
  return [
    ...(owner ? [{ id: 'share', label: 'Share', icon: UserPlus, onSelect: options.onShare }] : []),
    ...(!owner && mayRename
      ? [{ id: 'access', label: 'Who has access', icon: UsersRound, onSelect: options.onShare }]
      : []),
    {
      id: 'address',
      label: 'Copy the address',
      icon: Link2,
      onSelect: () =>
        void copyText(location.href).then((done) =>
          toast(done ? 'Address copied' : 'This browser did not allow copying'),
        ),
    },
    ...(mayRename
      ? [{ id: 'rename', label: 'Rename', icon: PencilLine, onSelect: () => setTimeout(title.edit, 0) }]
      : []),
    { id: 'download', label: 'Download as text', icon: Download, onSelect: () => downloadText(name, text()) },
    {
      id: 'print',
      label: 'Print',
      icon: Printer,
      shortcut: 'Mod+P',
      onSelect: () => setTimeout(() => window.print(), 200),
    },
    ...(options.parked
      ? [{ id: 'parked', label: 'Text kept for you', icon: ArchiveRestore, onSelect: options.parked }]
      : []),
    {
      id: 'commands',
      label: 'All commands',
      icon: Command,
      shortcut: 'Alt+/',
      apart: true,
      onSelect: options.onPalette,
    },
    { id: 'keyboard', label: 'Keyboard', icon: Keyboard, shortcut: 'Mod+/', onSelect: options.onHelp },
    {
      id: 'theme',
      label: dark ? 'Light theme' : 'Dark theme',
      icon: dark ? Sun : Moon,
      onSelect: () => setColorScheme(dark ? 'light' : 'dark'),
    },
    ...(owner
      ? [
          {
            id: 'trash',
            label: 'Move to trash',
            icon: Trash2,
            danger: true,
            apart: true,
            onSelect: () => {
              navigate(listAddress());
              void actions.trash({ id });
            },
          },
        ]
      : []),
  ];
}
