import {
  AlignCenter,
  AlignJustify,
  AlignLeft,
  AlignRight,
  Bold,
  Code,
  Heading1,
  Heading2,
  Heading3,
  IndentDecrease,
  IndentIncrease,
  Italic,
  Link,
  List,
  ListChecks,
  ListOrdered,
  type LucideIcon,
  Minus,
  Pilcrow,
  Quote,
  Redo2,
  RemoveFormatting,
  SquareCode,
  Strikethrough,
  Underline,
  Undo2,
} from 'lucide-react';
import type { Alignment, BlockStyle, Commands, Formats } from '../../editor/commands';
import type { Writing } from '../../editor/editor';

export interface Tool {
  id: string;
  label: string;
  icon: LucideIcon;
  shortcut?: string;
  run: (commands: Commands) => void;
  active?: (formats: Formats) => boolean;
  disabled?: (snapshot: Writing) => boolean;
  /** Below this width of the window, px, the tool is under "More formatting". */
  folds?: number;
}

/** The widths of the window, px, below which parts of the toolbar move under "More formatting". */
export const folds = { first: 1000, second: 880, third: 760 };

export const tools = {
  undo: {
    id: 'undo',
    label: 'Undo',
    icon: Undo2,
    shortcut: 'Mod+Z',
    run: (c) => c.undo(),
    disabled: (s) => !s.canUndo,
  },
  redo: {
    id: 'redo',
    label: 'Redo',
    icon: Redo2,
    shortcut: 'Mod+Shift+Z',
    run: (c) => c.redo(),
    disabled: (s) => !s.canRedo,
  },
  bold: { id: 'bold', label: 'Bold', icon: Bold, shortcut: 'Mod+B', run: (c) => c.toggle('bold'), active: on('bold') },
  italic: {
    id: 'italic',
    label: 'Italic',
    icon: Italic,
    shortcut: 'Mod+I',
    run: (c) => c.toggle('italic'),
    active: on('italic'),
  },
  underline: {
    id: 'underline',
    label: 'Underline',
    icon: Underline,
    shortcut: 'Mod+U',
    run: (c) => c.toggle('underline'),
    active: on('underline'),
  },
  strike: {
    id: 'strike',
    label: 'Strikethrough',
    icon: Strikethrough,
    shortcut: 'Mod+Shift+S',
    run: (c) => c.toggle('strike'),
    active: on('strike'),
    folds: folds.third,
  },
  code: {
    id: 'code',
    label: 'Code',
    icon: Code,
    shortcut: 'Mod+E',
    run: (c) => c.toggle('code'),
    active: on('code'),
    folds: folds.second,
  },
  bullet: {
    id: 'bullet',
    label: 'Bullets',
    icon: List,
    shortcut: 'Mod+Shift+8',
    run: (c) => c.list('bullet'),
    active: (f) => f.list === 'bullet',
  },
  ordered: {
    id: 'ordered',
    label: 'Numbers',
    icon: ListOrdered,
    shortcut: 'Mod+Shift+7',
    run: (c) => c.list('ordered'),
    active: (f) => f.list === 'ordered',
  },
  check: {
    id: 'check',
    label: 'Checklist',
    icon: ListChecks,
    shortcut: 'Mod+Shift+9',
    run: (c) => c.list('check'),
    active: (f) => f.list === 'checked' || f.list === 'unchecked',
  },
  outdent: {
    id: 'outdent',
    label: 'Less indent',
    icon: IndentDecrease,
    shortcut: 'Mod+[',
    run: (c) => c.indent(-1),
    folds: folds.third,
  },
  indent: {
    id: 'indent',
    label: 'More indent',
    icon: IndentIncrease,
    shortcut: 'Mod+]',
    run: (c) => c.indent(1),
    folds: folds.third,
  },
  quote: {
    id: 'quote',
    label: 'Quote',
    icon: Quote,
    shortcut: 'Mod+Shift+B',
    run: (c) => c.quote(),
    active: on('blockquote'),
    folds: folds.first,
  },
  codeBlock: {
    id: 'code-block',
    label: 'Code block',
    icon: SquareCode,
    shortcut: 'Mod+Alt+C',
    run: (c) => c.codeBlock(),
    active: (f) => f['code-block'] !== undefined,
    folds: folds.first,
  },
  divider: { id: 'divider', label: 'Divider', icon: Minus, run: (c) => c.divider(), folds: folds.first },
  clear: {
    id: 'clear',
    label: 'Clear formatting',
    icon: RemoveFormatting,
    shortcut: 'Mod+\\',
    run: (c) => c.clear(),
    folds: folds.first,
  },
} satisfies Record<string, Tool>;

export const linkTool = { id: 'link', label: 'Link', icon: Link, shortcut: 'Mod+K' } as const;

export const coloursFold = folds.second;
export const alignFold = folds.third;

export const alignments: { to: Alignment; label: string; icon: LucideIcon; shortcut: string }[] = [
  { to: 'left', label: 'Left', icon: AlignLeft, shortcut: 'Mod+Shift+L' },
  { to: 'center', label: 'Centre', icon: AlignCenter, shortcut: 'Mod+Shift+E' },
  { to: 'right', label: 'Right', icon: AlignRight, shortcut: 'Mod+Shift+R' },
  { to: 'justify', label: 'Justify', icon: AlignJustify, shortcut: 'Mod+Shift+J' },
];

export const styles: { style: BlockStyle; label: string; icon: LucideIcon; shortcut: string }[] = [
  { style: 'paragraph', label: 'Paragraph', icon: Pilcrow, shortcut: 'Mod+Alt+0' },
  { style: 1, label: 'Heading 1', icon: Heading1, shortcut: 'Mod+Alt+1' },
  { style: 2, label: 'Heading 2', icon: Heading2, shortcut: 'Mod+Alt+2' },
  { style: 3, label: 'Heading 3', icon: Heading3, shortcut: 'Mod+Alt+3' },
];

function on(format: string) {
  return (formats: Formats) => formats[format] === true;
}

/** Returns the name of the style at the selection. */
export function styleName(formats: Formats): string {
  const { header } = formats;
  if (typeof header === 'number') return `Heading ${header}`;
  if (formats.blockquote) return 'Quote';
  if (formats['code-block'] !== undefined) return 'Code block';
  if (formats.list === 'ordered') return 'Numbers';
  if (formats.list === 'bullet') return 'Bullets';
  if (formats.list) return 'Checklist';
  return 'Paragraph';
}

export function alignmentOf(formats: Formats): Alignment {
  const { align } = formats;
  return align === 'center' || align === 'right' || align === 'justify' ? align : 'left';
}

/** The colours for text: those of people, in their light values; each theme shows its own. */
export const textColours: { name: string; value: string }[] = [
  { name: 'Lapis', value: '#2a67bd' },
  { name: 'Vermilion', value: '#af3e30' },
  { name: 'Malachite', value: '#047e39' },
  { name: 'Orchil', value: '#8c47a0' },
  { name: 'Ochre', value: '#915b02' },
  { name: 'Woad', value: '#027493' },
  { name: 'Cochineal', value: '#ab3a5d' },
  { name: 'Olive', value: '#677005' },
  { name: 'Indigo', value: '#6358ba' },
  { name: 'Verdigris', value: '#097974' },
  { name: 'Sienna', value: '#a44c03' },
  { name: 'Grey', value: '#767d7a' },
];

/** The background colours, like those of marker pens. */
export const groundColours: { name: string; value: string }[] = [
  { name: 'Yellow', value: '#fff2a8' },
  { name: 'Green', value: '#d3f0cd' },
  { name: 'Blue', value: '#d6e7fb' },
  { name: 'Pink', value: '#fbdbe6' },
  { name: 'Orange', value: '#fde2c4' },
  { name: 'Violet', value: '#e8dcf6' },
];
