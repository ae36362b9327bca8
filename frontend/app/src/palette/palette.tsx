import { useQuery } from '@tanstack/react-query';
import { FileText, type LucideIcon, Search } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { api } from '../api';
import { styles, type Tool, tools } from '../document/toolbar/tools';
import type { Editor } from '../editor/editor';
import { firstName } from '../people';
import type { MenuAction } from '../ui/action-menu';
import { Dialog } from '../ui/dialog';
import { Keys } from '../ui/keys';
import { untitled } from '../words';
import classes from './palette.module.css';

interface Props {
  opened: boolean;
  onClose: () => void;
  /** Null if the user may not write: then there are no commands for the text. */
  editor: Editor | null;
  menu: MenuAction[];
}

interface Entry {
  id: string;
  label: string;
  icon: LucideIcon | null;
  shortcut?: string | undefined;
  detail?: string;
  /** A document's title, shown in the serif font. */
  written?: boolean;
  run: () => void;
}

/** The command palette: finds everything by name, commands first, then documents. */
export function Palette({ opened, onClose, editor, menu }: Props) {
  return (
    <Dialog opened={opened} onClose={onClose} title="Commands" width={600} testId="palette">
      <PaletteList editor={editor} menu={menu} onDone={onClose} />
    </Dialog>
  );
}

function PaletteList({ editor, menu, onDone }: { editor: Editor | null; menu: MenuAction[]; onDone: () => void }) {
  const [query, setQuery] = useState('');
  const [at, setAt] = useState(0);
  const listId = useId();
  const list = useRef<HTMLDivElement>(null);
  const documents = useDocumentEntries(query);
  const commands = useMemo(() => [...textCommands(editor), ...menuCommands(menu)], [editor, menu]);
  const found = commands.filter((entry) => matchesWords(entry.label, query)).slice(0, query ? 8 : 40);
  const entries = [...found, ...documents];
  const current = Math.min(at, entries.length - 1);

  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  });

  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    onDone();
    // After the dialog has returned the focus: a command needs the selection.
    setTimeout(entry.run, 0);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') setAt((current + 1) % Math.max(1, entries.length));
    else if (event.key === 'ArrowUp') setAt((current - 1 + entries.length) % Math.max(1, entries.length));
    else if (event.key === 'Enter') choose(entries[current]);
    else return;
    event.preventDefault();
  };

  return (
    <>
      <div className={classes.field}>
        <Search size={18} strokeWidth={1.75} aria-hidden="true" />
        <input
          data-autofocus
          role="combobox"
          aria-expanded="true"
          aria-controls={listId}
          aria-activedescendant={entries.length > 0 ? `${listId}-${current}` : undefined}
          aria-label="Find a command or a document"
          placeholder="Find a command or a document"
          value={query}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
      </div>
      <div ref={list} id={listId} role="listbox" aria-label="Commands and documents" className={classes.list}>
        {entries.map((entry, index) => (
          <div key={entry.id}>
            {index === 0 && found.length > 0 && <p className={classes.head}>Commands</p>}
            {index === found.length && <p className={classes.head}>Documents</p>}
            {/* biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the field's, which keeps the focus */}
            <div
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === current}
              className={classes.row}
              onMouseMove={() => setAt(index)}
              onClick={() => choose(entry)}
            >
              {entry.icon && <entry.icon size={16} strokeWidth={1.75} aria-hidden="true" />}
              <span className={entry.written ? classes.written : undefined}>{entry.label}</span>
              {entry.shortcut ? (
                <Keys of={entry.shortcut} />
              ) : (
                entry.detail && <span className={classes.detail}>{entry.detail}</span>
              )}
            </div>
          </div>
        ))}
        {entries.length === 0 && <p className={classes.none}>Nothing found for “{query}”.</p>}
      </div>
    </>
  );
}

function textCommands(editor: Editor | null): Entry[] {
  if (!editor) return [];
  const { commands } = editor;
  return [
    ...styles.map(({ style, label, icon, shortcut }) => ({
      id: `style-${style}`,
      label,
      icon,
      shortcut,
      run: () => commands.style(style),
    })),
    ...Object.values(tools as Record<string, Tool>).map((tool) => ({
      id: tool.id,
      label: tool.label,
      icon: tool.icon,
      shortcut: tool.shortcut,
      run: () => tool.run(commands),
    })),
  ];
}

function menuCommands(menu: MenuAction[]): Entry[] {
  return menu
    .filter((action) => action.id !== 'commands')
    .map((action) => ({
      id: action.id,
      label: action.label,
      icon: action.icon ?? null,
      shortcut: action.shortcut,
      run: action.onSelect,
    }));
}

function useDocumentEntries(query: string): Entry[] {
  const [, navigate] = useLocation();
  const words = query.trim();
  const { data } = useQuery({
    queryKey: ['documents', 'palette', words],
    queryFn: () => api.documents('all', words, null),
    staleTime: 30_000,
  });
  return (data?.items ?? []).slice(0, 6).map((document) => ({
    id: `document-${document.id}`,
    label: document.title || untitled,
    icon: FileText,
    detail: firstName(document.owner.name),
    written: true,
    run: () => navigate(`/d/${document.id}`),
  }));
}

function matchesWords(label: string, query: string): boolean {
  const name = label.toLocaleLowerCase();
  return query
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => name.includes(word));
}
