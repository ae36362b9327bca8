import { SlidersHorizontal, Type } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Editor, Writing } from '../../editor/editor';
import { ActionMenu, type MenuAction } from '../../ui/action-menu';
import { Dialog } from '../../ui/dialog';
import { IconButton } from '../../ui/icon-button';
import { count } from '../../words';
import { useWriting } from '../use-editor';
import { useWords } from '../word-count';
import { Swatches } from './colour-menu';
import classes from './phone-toolbar.module.css';
import { alignActions, keepsFocus, ToolButton } from './toolbar';
import { linkTool, styleName, styles, type Tool, tools } from './tools';

interface Props {
  editor: Editor;
  onLink: () => void;
}

/** The toolbar above a phone's keyboard: eight buttons of 44 px, the last of which opens everything else. Hidden while the text has no
 * focus. */
export function PhoneToolbar({ editor, onLink }: Props) {
  const snapshot = useWriting(editor);
  const [more, setMore] = useState(false);
  const lift = useKeyboardHeight();
  const name = styleName(snapshot.formats);
  const styleActions = styles.map(
    ({ style, label }): MenuAction => ({
      id: String(style),
      label,
      checked: name === label,
      onSelect: () => editor.commands.style(style),
    }),
  );
  const linked = typeof snapshot.formats.link === 'string';
  return (
    <>
      <div
        role="toolbar"
        aria-label="Formatting"
        className={classes.bar}
        data-shown={snapshot.focused || undefined}
        style={{ translate: `0 ${-lift}px` }}
      >
        <ActionMenu title="Style" actions={styleActions}>
          <IconButton label={`Style: ${name}`} icon={Type} size={44} {...keepsFocus} />
        </ActionMenu>
        {[tools.bold, tools.italic, tools.bullet, tools.check].map((tool: Tool) => (
          <ToolButton key={tool.id} tool={tool} editor={editor} snapshot={snapshot} size={44} />
        ))}
        <IconButton
          label={linkTool.label}
          icon={linkTool.icon}
          size={44}
          active={linked}
          aria-pressed={linked}
          onClick={onLink}
          {...keepsFocus}
        />
        <ToolButton tool={tools.undo} editor={editor} snapshot={snapshot} size={44} />
        <IconButton
          label="More formatting"
          icon={SlidersHorizontal}
          size={44}
          onClick={() => setMore(true)}
          {...keepsFocus}
        />
      </div>
      <Dialog opened={more} onClose={() => setMore(false)} title="Formatting">
        <More editor={editor} snapshot={snapshot} onDone={() => setMore(false)} />
      </Dialog>
    </>
  );
}

function More({ editor, snapshot, onDone }: { editor: Editor; snapshot: Writing; onDone: () => void }) {
  const words = useWords(editor);
  const rest: Tool[] = [
    tools.redo,
    tools.underline,
    tools.strike,
    tools.code,
    tools.ordered,
    tools.outdent,
    tools.indent,
    tools.quote,
    tools.codeBlock,
    tools.divider,
    tools.clear,
  ];
  return (
    <div className={classes.more}>
      <div className={classes.tools}>
        {rest.map((tool) => (
          <ToolButton key={tool.id} tool={tool} editor={editor} snapshot={snapshot} size={44} />
        ))}
        {alignActions(editor, snapshot).map(
          ({ id, label, icon, checked, onSelect }) =>
            icon && (
              <IconButton
                key={id}
                label={`Align: ${label.toLowerCase()}`}
                icon={icon}
                size={44}
                active={checked ?? false}
                aria-pressed={checked}
                onClick={onSelect}
              />
            ),
        )}
      </div>
      <Swatches editor={editor} formats={snapshot.formats} onDone={onDone} />
      <p className={classes.words}>{count(words ?? 0, 'word')}</p>
    </div>
  );
}

/** Returns how much of the page the keyboard covers, px, in browsers that do not shrink the page for it. */
function useKeyboardHeight(): number {
  const [height, setHeight] = useState(0);
  useEffect(() => {
    const view = window.visualViewport;
    if (!view) return;
    const measure = () => setHeight(Math.max(0, Math.round(window.innerHeight - view.height - view.offsetTop)));
    view.addEventListener('resize', measure);
    view.addEventListener('scroll', measure);
    measure();
    return () => {
      view.removeEventListener('resize', measure);
      view.removeEventListener('scroll', measure);
    };
  }, []);
  return height;
}
