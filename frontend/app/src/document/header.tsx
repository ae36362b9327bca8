import { Button } from '@mantine/core';
import type { DocumentSnapshot, Person, QuireDocument, ShownState } from '@quire/client';
import { ArrowLeft, Ellipsis, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { Me } from '../api';
import { listAddress } from '../documents/list-address';
import { ActionMenu, type MenuAction } from '../ui/action-menu';
import { Dialog } from '../ui/dialog';
import { IconButton } from '../ui/icon-button';
import { untitled } from '../words';
import classes from './header.module.css';
import { People } from './people';
import { ChipFace, StateChip, StateExplained } from './state-chip';
import { TitleField } from './title-field';
import type { Title } from './use-title';

interface Props {
  snapshot: DocumentSnapshot;
  /** The other people here, with the names under which they are shown. */
  people: readonly Person[];
  document: QuireDocument;
  shown: ShownState;
  /** Offline: it is unknown who is here. */
  offline: boolean;
  title: Title;
  menu: MenuAction[];
  me: Me;
  phone: boolean;
  text: () => string;
  /** Null: this reader may not share. */
  onShare: (() => void) | null;
  /** How many people request access. */
  asked: number;
  onPoint: (person: string) => boolean;
  onTitleDone: () => void;
}

export function Header(props: Props) {
  return props.phone ? <PhoneHeader {...props} /> : <WideHeader {...props} />;
}

function WideHeader({
  snapshot,
  people,
  document: document_,
  shown,
  offline,
  title,
  menu,
  text,
  onShare,
  asked,
  onPoint,
  onTitleDone,
}: Props) {
  const mayRename = snapshot.role === 'editor' || snapshot.role === 'owner';
  return (
    <header className={classes.header}>
      <Back />
      <TitleField title={title} may={mayRename} onDone={onTitleDone} />
      <StateChip document={document_} {...{ shown, text, title: title.value }} />
      <span className={classes.space} />
      <People people={people} unknown={offline} onPoint={onPoint} />
      {onShare && (
        <Button
          size="sm"
          onClick={onShare}
          className={classes.share ?? ''}
          data-asked={asked > 0 || undefined}
          aria-label={shareLabel(asked)}
          leftSection={<UserPlus size={16} strokeWidth={1.75} aria-hidden="true" />}
        >
          Share
        </Button>
      )}
      <ActionMenu title={title.value || untitled} actions={menu}>
        <IconButton label="More" icon={Ellipsis} />
      </ActionMenu>
    </header>
  );
}

function shareLabel(asked: number): string {
  return asked === 0 ? 'Share' : `Share, ${asked} ${asked === 1 ? 'asks' : 'ask'} to get in`;
}

/** On a phone title and state are one button, which opens both the name and what the state means. */
function PhoneHeader(props: Props) {
  const { snapshot, people, document: document_, shown, offline, title, menu, text, onShare, asked, onPoint } = props;
  const [opened, setOpened] = useState(false);
  const mayRename = snapshot.role === 'editor' || snapshot.role === 'owner';
  const close = () => {
    setOpened(false);
    if (title.editing) title.finish(null);
  };
  return (
    <header className={classes.header}>
      <Back />
      <button type="button" className={classes.phoneTitle} aria-haspopup="dialog" onClick={() => setOpened(true)}>
        <span className={classes.phoneName}>{title.value || untitled}</span>
        <ChipFace document={document_} shown={shown} short />
      </button>
      <People people={people} unknown={offline} onPoint={onPoint} most={1} />
      {onShare && (
        <IconButton
          label={shareLabel(asked)}
          icon={UserPlus}
          className={asked > 0 ? (classes.asked ?? '') : ''}
          onClick={onShare}
        />
      )}
      <ActionMenu title={title.value || untitled} actions={menu}>
        <IconButton label="More" icon={Ellipsis} />
      </ActionMenu>
      <Dialog opened={opened || title.editing} onClose={close} title="This document">
        {mayRename && <TitleField title={title} may boxed onDone={() => setOpened(false)} />}
        <StateExplained document={document_} {...{ shown, text, title: title.value }} />
      </Dialog>
    </header>
  );
}

function Back() {
  const [, navigate] = useLocation();
  return <IconButton label="All documents" icon={ArrowLeft} onClick={() => navigate(listAddress())} />;
}
