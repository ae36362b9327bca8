import { ChevronDown, Ellipsis, Palette } from 'lucide-react';
import { Fragment, type KeyboardEvent, type ReactNode, type Ref, useEffect, useRef } from 'react';
import type { Editor, Writing } from '../../editor/editor';
import { ActionMenu, type MenuAction } from '../../ui/action-menu';
import { IconButton } from '../../ui/icon-button';
import { useMedia } from '../../ui/screen';
import { useWriting } from '../use-editor';
import { ColourMenu } from './colour-menu';
import classes from './toolbar.module.css';
import {
  alignFold,
  alignmentOf,
  alignments,
  coloursFold,
  folds,
  linkTool,
  styleName,
  styles,
  type Tool,
  tools,
} from './tools';

interface Props {
  editor: Editor;
  onLink: () => void;
  /** Called on Esc, to return to the text. */
  onLeave: () => void;
  ref: Ref<HTMLDivElement>;
}

interface Shown {
  editor: Editor;
  snapshot: Writing;
}

/** The toolbar of wide screens. What does not fit moves under "More formatting", from the right; nothing scrolls sideways. */
export function Toolbar({ editor, onLink, onLeave, ref }: Props) {
  const below = useFolds();
  const bar = useRef<HTMLDivElement>(null);
  useRoving(bar);
  const snapshot = useWriting(editor);
  const { formats } = snapshot;
  const fits = (tool: { folds?: number }) => !below(tool.folds);
  const button = (tool: Tool) =>
    fits(tool) && <ToolButton key={tool.id} tool={tool} editor={editor} snapshot={snapshot} />;

  const groups: ReactNode[][] = [
    [button(tools.undo), button(tools.redo)],
    [<StyleMenu key="style" editor={editor} snapshot={snapshot} />],
    [
      ...[tools.bold, tools.italic, tools.underline, tools.strike, tools.code].map(button),
      !below(coloursFold) && (
        <ColourMenu key="colours" editor={editor} formats={formats}>
          <IconButton data-tool="" label="Colours" icon={Palette} size={32} {...keepsFocus} />
        </ColourMenu>
      ),
    ],
    [
      <IconButton
        key="link"
        data-tool=""
        {...linkTool}
        size={32}
        active={typeof formats.link === 'string'}
        aria-pressed={typeof formats.link === 'string'}
        onClick={onLink}
        {...keepsFocus}
      />,
    ],
    [
      ...[tools.bullet, tools.ordered, tools.check, tools.outdent, tools.indent].map(button),
      !below(alignFold) && <AlignMenu key="align" editor={editor} snapshot={snapshot} />,
    ],
    [button(tools.quote), button(tools.codeBlock), button(tools.divider)],
    [button(tools.clear)],
    [below(folds.first) && <MoreMenu key="more" editor={editor} snapshot={snapshot} below={below} />],
  ];

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    if (event.key === 'Escape' && event.target instanceof HTMLElement && event.target.hasAttribute('data-tool')) {
      event.preventDefault();
      onLeave();
    } else move(event);
  };

  return (
    <div ref={ref} className={classes.place}>
      <div
        ref={bar}
        role="toolbar"
        aria-label="Formatting"
        aria-controls="text"
        className={classes.bar}
        onKeyDown={onKeyDown}
      >
        {groups
          .map((group) => group.filter(Boolean))
          .filter((group) => group.length > 0)
          .map((group, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the groups stand in a fixed order
            <Fragment key={index}>
              {index > 0 && <span className={classes.line} aria-hidden="true" />}
              <span className={classes.group}>{group}</span>
            </Fragment>
          ))}
      </div>
    </div>
  );
}

/** Keeps a press from taking the focus, and with it the selection, from the text. */
export const keepsFocus = { onMouseDown: (event: { preventDefault: () => void }) => event.preventDefault() };

export function ToolButton({
  tool,
  editor,
  snapshot,
  size = 32,
}: {
  tool: Tool;
  editor: Editor;
  snapshot: Writing;
  size?: number;
}) {
  const active = tool.active?.(snapshot.formats) ?? false;
  return (
    <IconButton
      data-tool=""
      data-testid={`tool-${tool.id}`}
      label={tool.label}
      icon={tool.icon}
      size={size}
      active={active}
      aria-disabled={tool.disabled?.(snapshot) || undefined}
      {...(tool.disabled?.(snapshot) ? { 'data-disabled': true } : {})}
      {...(tool.shortcut ? { shortcut: tool.shortcut } : {})}
      {...(tool.active ? { 'aria-pressed': active } : {})}
      onClick={() => tool.run(editor.commands)}
      {...keepsFocus}
    />
  );
}

function StyleMenu({ editor, snapshot }: Shown) {
  const name = styleName(snapshot.formats);
  const actions = styles.map(
    ({ style, label, shortcut }): MenuAction => ({
      id: String(style),
      label,
      shortcut,
      checked: name === label,
      onSelect: () => editor.commands.style(style),
    }),
  );
  return (
    <ActionMenu title="Style" actions={actions} position="bottom-start">
      <button type="button" data-tool="" className={classes.style} aria-label={`Style: ${name}`} {...keepsFocus}>
        <span>{name}</span>
        <ChevronDown size={16} strokeWidth={1.75} aria-hidden="true" />
      </button>
    </ActionMenu>
  );
}

function AlignMenu({ editor, snapshot }: Shown) {
  const now = alignmentOf(snapshot.formats);
  const current = alignments.find(({ to }) => to === now) ?? alignments[0];
  if (!current) return null;
  return (
    <ActionMenu title="Alignment" actions={alignActions(editor, snapshot)} position="bottom">
      <IconButton data-tool="" label={`Alignment: ${current.label}`} icon={current.icon} size={32} {...keepsFocus} />
    </ActionMenu>
  );
}

export function alignActions(editor: Editor, snapshot: Writing): MenuAction[] {
  const now = alignmentOf(snapshot.formats);
  return alignments.map(({ to, label, icon, shortcut }) => ({
    id: to,
    label,
    icon,
    shortcut,
    checked: now === to,
    onSelect: () => editor.commands.align(to),
  }));
}

function MoreMenu({ editor, snapshot, below }: Shown & { below: (width?: number) => boolean }) {
  const folded = Object.values(tools as Record<string, Tool>).filter((tool) => below(tool.folds));
  const actions: MenuAction[] = folded.map((tool) => ({
    id: tool.id,
    label: tool.label,
    icon: tool.icon,
    ...(tool.shortcut ? { shortcut: tool.shortcut } : {}),
    ...(tool.active ? { checked: tool.active(snapshot.formats) } : {}),
    onSelect: () => tool.run(editor.commands),
  }));
  const align = below(alignFold)
    ? alignActions(editor, snapshot).map((one, index) => ({
        ...one,
        label: `Align: ${one.label.toLowerCase()}`,
        apart: index === 0,
      }))
    : [];
  return (
    <>
      {below(coloursFold) && (
        <ColourMenu editor={editor} formats={snapshot.formats}>
          <IconButton data-tool="" label="Colours" icon={Palette} size={32} {...keepsFocus} />
        </ColourMenu>
      )}
      <ActionMenu title="More formatting" actions={[...actions, ...align]}>
        <IconButton data-tool="" label="More formatting" icon={Ellipsis} size={32} {...keepsFocus} />
      </ActionMenu>
    </>
  );
}

function useFolds(): (width?: number) => boolean {
  const first = useMedia('(max-width: 999px)');
  const second = useMedia('(max-width: 879px)');
  const third = useMedia('(max-width: 759px)');
  return (width) => (width === 1000 && first) || (width === 880 && second) || (width === 760 && third);
}

/** Makes the toolbar one stop for Tab; arrows, Home and End move inside it. */
function useRoving(bar: { current: HTMLDivElement | null }): void {
  useEffect(() => {
    const items = stops(bar.current);
    const current = items.find((item) => item.tabIndex === 0 && item.getAttribute('data-current') !== null) ?? items[0];
    for (const item of items) item.tabIndex = item === current ? 0 : -1;
  });
}

function stops(bar: HTMLElement | null): HTMLElement[] {
  return [...(bar?.querySelectorAll<HTMLElement>('[data-tool]') ?? [])];
}

function move(event: KeyboardEvent<HTMLDivElement>): void {
  const items = stops(event.currentTarget);
  const at = items.indexOf(event.target as HTMLElement);
  if (at < 0) return;
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined) return;
  const next = items[(to + items.length) % items.length];
  event.preventDefault();
  for (const item of items) {
    item.tabIndex = item === next ? 0 : -1;
    item.toggleAttribute('data-current', item === next);
  }
  next?.focus();
}
