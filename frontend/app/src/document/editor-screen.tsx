import type { DocumentSnapshot, QuireDocument } from '@quire/client';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { DocumentInfo, Me } from '../api';
import { reloadPage } from '../leaving';
import { KeyboardDialog } from '../palette/keyboard-dialog';
import { Palette } from '../palette/palette';
import { connection } from '../session';
import { AskDialog } from '../share/ask-dialog';
import { ShareDialog } from '../share/share-dialog';
import { useRequests } from '../share/use-requests';
import { copyText, downloadText } from '../ui/copy';
import { matches } from '../ui/keys';
import { usePhone } from '../ui/screen';
import { toast } from '../ui/toasts';
import { untitled } from '../words';
import { BannerBar } from './banner';
import classes from './editor-screen.module.css';
import { Header } from './header';
import { LiveRegion } from './live-region';
import { ParkedDialog } from './parked-dialog';
import { ProgressBars } from './progress-bar';
import { type BannerAction, bannerOf, tabTitle } from './status';
import { LinkPopover } from './toolbar/link-popover';
import { PhoneToolbar } from './toolbar/phone-toolbar';
import { Toolbar } from './toolbar/toolbar';
import { useDocumentMenu } from './use-document-menu';
import { useEditor } from './use-editor';
import { shownName, useGuests } from './use-guests';
import { useLongOffline, useShown, useTrouble } from './use-shown-state';
import { useTitle } from './use-title';
import { WordCount } from './word-count';

interface Props {
  document: QuireDocument;
  snapshot: DocumentSnapshot;
  me: Me;
  info: DocumentInfo | null;
}

type Open = 'share' | 'ask' | 'parked' | 'help' | 'palette' | null;

/** The screen for writing: header, toolbar, at most one banner, the sheet. */
export function EditorScreen({ document: document_, snapshot, me, info }: Props) {
  const phone = usePhone();
  const [open, setOpen] = useState<Open>(null);
  const [linking, setLinking] = useState(false);
  const queries = useQueryClient();
  const toolbar = useRef<HTMLDivElement>(null);
  const shown = useShown(document_);
  const state = useTrouble(shown);
  const longOffline = useLongOffline(state);
  const title = useTitle(snapshot, info);
  const mayWrite = snapshot.loaded && (snapshot.role === 'editor' || snapshot.role === 'owner');

  const editor = useEditor(document_, snapshot.loaded, {
    link: () => setLinking(true),
    help: () => setOpen('help'),
    palette: () => setOpen('palette'),
    toolbar: () => toolbar.current?.querySelector<HTMLElement>('[data-tool][tabindex="0"]')?.focus(),
    save: () => toast('Quire saves as you write; the sign beside the title says when it has.'),
  });
  const { handle } = editor;
  const guests = useGuests(document_.id, snapshot.people);
  const people = useMemo(
    () => snapshot.people.map((person) => ({ ...person, name: shownName(person, guests) })),
    [snapshot.people, guests],
  );
  useEffect(() => handle?.nameCarets((person) => shownName(person, guests)), [handle, guests]);

  useEffect(() => handle?.enable(mayWrite), [handle, mayWrite]);
  useEffect(() => handle?.hideCarets(state.kind === 'offline'), [handle, state.kind]);
  useEffect(() => {
    document.title = tabTitle(state, title.value);
  }, [state, title.value]);
  usePageShortcuts(setOpen);

  const asked = useRequests(document_, snapshot.role === 'owner');
  const text = () => handle?.text() ?? '';
  const act = (action: BannerAction) => {
    switch (action) {
      case 'try-now':
        return connection.get().connect();
      case 'copy':
        return copyAll(snapshot.parked.length > 0 ? snapshot.parked.map((one) => one.text).join('\n\n') : text());
      case 'download':
        return downloadText(
          title.value || untitled,
          snapshot.parked.length > 0 ? snapshot.parked.map((one) => one.text).join('\n\n') : text(),
        );
      case 'see':
        return setOpen('parked');
      case 'sign-in':
        // The same address shows the sign-in form, and then the document again.
        return void queries.resetQueries({ queryKey: ['me'] });
      case 'reload':
        return reloadPage();
      case 'ask':
        return setOpen('ask');
    }
  };

  const menu = useDocumentMenu({
    document: document_.id,
    title,
    owner: snapshot.role === 'owner',
    mayRename: mayWrite,
    text,
    onHelp: () => setOpen('help'),
    onPalette: () => setOpen('palette'),
    onShare: () => setOpen('share'),
    parked: snapshot.parked.length > 0 ? () => setOpen('parked') : null,
  });
  const banner = bannerOf(state, {
    parked: snapshot.parked,
    roleChange: snapshot.roleChange,
    role: snapshot.role,
    longOffline,
    mayAsk: !me.guest,
  });

  return (
    <div className={classes.page}>
      <button type="button" className={classes.skip} onClick={() => handle?.focus()}>
        To the text
      </button>
      <div className={classes.top}>
        <Header
          {...{ snapshot, people, shown, title, menu, me, phone, text }}
          document={document_}
          offline={state.kind === 'offline'}
          onShare={snapshot.role === 'owner' ? () => setOpen('share') : null}
          asked={asked}
          onPoint={(person) => handle?.pointTo(person) ?? false}
          onTitleDone={() => handle?.focus()}
        />
        {!phone && mayWrite && handle && (
          <Toolbar ref={toolbar} editor={handle} onLink={() => setLinking(true)} onLeave={() => handle.focus()} />
        )}
        {banner && <BannerBar banner={banner} onAction={act} />}
      </div>
      <main className={classes.desk}>
        <div className={classes.sheet} id="text">
          <Skeleton shown={!handle || !snapshot.loaded} />
          <div
            ref={editor.host}
            className={classes.text}
            data-testid="editor"
            data-ready={(handle !== null && snapshot.loaded) || undefined}
          />
          <p id="editor-hint" className="visually-hidden">
            {mayWrite
              ? 'Tab writes a tab. Press Escape, then Tab, to leave the text. Control and slash shows all keys.'
              : 'You can read this document.'}
          </p>
        </div>
      </main>
      {handle && snapshot.loaded && <WordCount editor={handle} />}
      {phone && mayWrite && handle && <PhoneToolbar editor={handle} onLink={() => setLinking(true)} />}
      {handle && <LinkPopover editor={handle} opened={linking} onClose={() => setLinking(false)} />}
      {handle && <ProgressBars editor={handle} />}
      <LiveRegion shown={shown} people={people} />
      <ShareDialog
        opened={open === 'share'}
        onClose={() => setOpen(null)}
        document={document_}
        title={title.value}
        me={me}
        owner={snapshot.role === 'owner'}
      />
      <ParkedDialog
        opened={open === 'parked'}
        onClose={() => setOpen(null)}
        parked={snapshot.parked}
        onPutBack={
          mayWrite
            ? (parked) => {
                setOpen(null);
                void document_.putBack(parked.id, handle?.range()?.index ?? 0);
              }
            : undefined
        }
      />
      <AskDialog opened={open === 'ask'} onClose={() => setOpen(null)} document={document_.id} wish="editor" />
      <KeyboardDialog opened={open === 'help'} onClose={() => setOpen(null)} />
      <Palette
        opened={open === 'palette'}
        onClose={() => setOpen(null)}
        editor={mayWrite ? handle : null}
        menu={menu}
      />
    </div>
  );
}

const bars = [88, 54, 0, 97, 93, 96, 61, 0, 34, 0, 95, 91, 58].map((width, id) => ({ id, width, large: id < 2 }));

/** Grey bars where the text will be, shown after 150 ms; the title is known at once. */
function Skeleton({ shown }: { shown: boolean }) {
  if (!shown) return null;
  return (
    <div className={classes.skeleton} aria-hidden="true">
      {bars.map(({ id, width, large }) => (
        <span
          key={id}
          style={{ width: `${width}%` }}
          data-large={large || undefined}
          data-gap={width === 0 || undefined}
        />
      ))}
    </div>
  );
}

function copyAll(text: string): void {
  void copyText(text).then((done) => toast(done ? 'Text copied' : 'This browser did not allow copying'));
}

/** The shortcuts that work wherever the focus is, except in the text, where the editor has its own. */
function usePageShortcuts(setOpen: (open: Open) => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const inField =
        event.target instanceof HTMLElement &&
        (event.target.isContentEditable || event.target.matches('input, textarea'));
      if (matches(event, 'Alt+/') || (!inField && matches(event, 'Mod+K'))) setOpen('palette');
      else if (matches(event, 'Mod+/')) setOpen('help');
      else if (matches(event, 'Mod+S')) toast('Quire saves as you write; the sign beside the title says when it has.');
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [setOpen]);
}
