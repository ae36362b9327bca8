import { ArchiveRestore, CloudOff, Ellipsis, Link2, PencilLine, Trash2 } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { Link } from 'wouter';
import type { DocumentInfo, Me, Person } from '../api';
import { firstName, listNames } from '../people';
import { ActionMenu, type MenuAction } from '../ui/action-menu';
import { Avatar } from '../ui/avatar';
import { copyText } from '../ui/copy';
import { IconButton } from '../ui/icon-button';
import { toast } from '../ui/toasts';
import { ago, count, untitled } from '../words';
import classes from './document-row.module.css';
import { Marked } from './marked';
import { RenameField } from './rename-field';
import type { useDocumentActions } from './use-documents';

interface Props {
  document: DocumentInfo;
  me: Me;
  actions: ReturnType<typeof useDocumentActions>;
  /** What to mark in the title. */
  search?: string;
  unsent?: number;
  parked?: number;
}

export function DocumentRow({ document, me, actions, search = '', unsent = 0, parked = 0 }: Props) {
  const [renaming, setRenaming] = useState(false);
  const title = document.title || untitled;
  const mayRename = document.role === 'owner' || document.role === 'editor';
  const owns = document.role === 'owner';

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (event.key === 'F2' && mayRename) setRenaming(true);
    else if (event.key === 'Delete' && owns) void actions.trash(document);
    else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') step(event.currentTarget, event.key === 'ArrowDown');
    else return;
    event.preventDefault();
  };

  const menu: MenuAction[] = [
    { id: 'copy', label: 'Copy the address', icon: Link2, onSelect: () => void copyAddress(document.id) },
    ...(mayRename
      ? [
          {
            id: 'rename',
            label: 'Rename',
            icon: PencilLine,
            shortcut: 'F2',
            onSelect: () => setTimeout(() => setRenaming(true), 0),
          },
        ]
      : []),
    ...(owns
      ? [
          {
            id: 'trash',
            label: 'Move to trash',
            icon: Trash2,
            danger: true,
            apart: true,
            onSelect: () => void actions.trash(document),
          },
        ]
      : []),
  ];

  return (
    <li className={classes.row} data-testid="document" data-document={document.id}>
      <div className={classes.what}>
        {renaming ? (
          <RenameField
            title={document.title}
            onDone={(next) => {
              setRenaming(false);
              if (next !== null) actions.rename(document, next);
            }}
          />
        ) : (
          <Link href={`/d/${document.id}`} className={classes.title} onKeyDown={onKeyDown} data-row-link="">
            <Marked text={title} find={search} />
          </Link>
        )}
        <p className={classes.under}>
          <Left {...{ unsent, parked }} />
          <span className={classes.phoneOnly}>{lastChange(document, me)} · </span>
          {document.preview || 'No text yet'}
        </p>
      </div>
      <span className={classes.owner}>{document.owner.id === me.id ? 'You' : firstName(document.owner.name)}</span>
      <Shared {...{ document, me }} />
      <Changed {...{ document, me }} />
      <div className={classes.menu}>
        <ActionMenu title={title} actions={menu}>
          <IconButton label={`More about ${title}`} icon={Ellipsis} />
        </ActionMenu>
      </div>
    </li>
  );
}

function Left({ unsent, parked }: { unsent: number; parked: number }) {
  return (
    <>
      {unsent > 0 && (
        <span className={classes.left}>
          <CloudOff size={14} strokeWidth={1.75} aria-hidden="true" />
          {count(unsent, 'unsent edit')}
        </span>
      )}
      {parked > 0 && (
        <span className={classes.left}>
          <ArchiveRestore size={14} strokeWidth={1.75} aria-hidden="true" />
          {count(parked, 'edit')} kept for you
        </span>
      )}
    </>
  );
}

const facesShown = 3;

function Shared({ document, me }: { document: DocumentInfo; me: Me }) {
  const here = new Set(document.present.map((person) => person.id));
  const others = document.members.filter((person) => person.id !== document.owner.id);
  // The people here come first: guests may be present without being among the first members.
  const present = document.present.filter((person) => person.id !== me.id);
  const faces = unique([...present, ...others]).slice(0, facesShown);
  const total = Math.max(document.member_count - 1, faces.length);
  const names = faces.map((person) => `${person.name}${here.has(person.id) ? ', here now' : ''}`);
  return (
    <span className={classes.shared} data-here={present.length > 0 || undefined}>
      {faces.map((person) => (
        <Avatar
          key={person.id}
          name={person.name}
          color={person.color}
          size={24}
          look={here.has(person.id) ? 'solid' : 'tinted'}
        />
      ))}
      {total > faces.length && (
        <span className={classes.rest} aria-hidden="true">
          +{total - faces.length}
        </span>
      )}
      {faces.length > 0 && (
        <span className="visually-hidden">
          Shared with {names.join('; ')}
          {total > faces.length ? ` and ${count(total - faces.length, 'other')}` : ''}
        </span>
      )}
    </span>
  );
}

function Changed({ document, me }: { document: DocumentInfo; me: Me }) {
  const present = document.present.filter((person) => person.id !== me.id);
  if (present.length === 0) return <span className={classes.changed}>{lastChange(document, me)}</span>;
  const names = listNames(present.map((person) => firstName(person.name)));
  return (
    <span className={classes.changed} data-here="">
      {names} {present.length === 1 ? 'is' : 'are'} here
    </span>
  );
}

function lastChange(document: DocumentInfo, me: Me): string {
  const time = ago(new Date(document.updated_at), new Date());
  const by = document.updated_by;
  return by ? `${time} · ${by.id === me.id ? 'you' : firstName(by.name)}` : time;
}

function unique(people: Person[]): Person[] {
  return people.filter((person, index) => people.findIndex((other) => other.id === person.id) === index);
}

function step(from: HTMLElement, down: boolean): void {
  const links = [...document.querySelectorAll<HTMLElement>('[data-row-link]')];
  links[links.indexOf(from) + (down ? 1 : -1)]?.focus();
}

async function copyAddress(id: string): Promise<void> {
  toast((await copyText(`${location.origin}/d/${id}`)) ? 'Address copied' : 'This browser did not allow copying');
}
