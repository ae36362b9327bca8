import type { QuireDocument } from '@quire/client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, type DocumentInfo, type Me } from '../api';
import { reloadPage } from '../leaving';
import { isProblem } from '../problem';
import { connection } from '../session';
import { EditorScreen } from './editor-screen';
import { GonePage, TrashPage } from './gone-page';
import { fetchEditor } from './load-editor';
import { useAbout } from './use-shown-state';

/** The page of one document, which is open for as long as the page shows it. */
export default function DocumentPage({ id, me }: { id: string; me: Me }) {
  const document_ = useOpenDocument(id);
  const info = useQuery({ queryKey: ['document', id], queryFn: () => api.document(id), refetchOnWindowFocus: false });
  if (!document_) return null;
  return (
    <Opened
      document={document_}
      me={me}
      info={info.data ?? null}
      missing={isMissing(info.error)}
      reload={() => void info.refetch()}
    />
  );
}

function isMissing(error: unknown): boolean {
  return isProblem(error, 'not-found', 'forbidden');
}

function useOpenDocument(id: string): QuireDocument | null {
  const [opened, setOpened] = useState<QuireDocument | null>(null);
  useEffect(() => {
    fetchEditor();
    const document_ = connection.get().open(id);
    setOpened(document_);
    return () => document_.close();
  }, [id]);
  return opened;
}

/** How often a waiting page asks whether its document can be opened again, while it is visible, ms. */
const asksAgain = 5_000;

/** Remounts the page once its document is available again: access was granted, or it was restored. */
function useWaking(id: string, waits: boolean): void {
  const { data } = useQuery({
    queryKey: ['waking', id],
    queryFn: () => api.document(id).catch(() => null),
    enabled: waits,
    initialData: null, // the first request comes only after the interval, so that the page never reloads in a loop
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: asksAgain,
    refetchOnWindowFocus: 'always',
    gcTime: 0,
  });
  const there = waits && data != null && data.trashed_at === null;
  useEffect(() => {
    // The client has closed this document; remounting opens it as if for the first time.
    if (there) reloadPage();
  }, [there]);
}

interface Props {
  document: QuireDocument;
  me: Me;
  info: DocumentInfo | null;
  missing: boolean;
  reload: () => void;
}

function Opened({ document: document_, me, info, missing, reload }: Props) {
  const snapshot = useAbout(document_);
  const { gone } = snapshot;
  // The socket only says that a document is closed; REST knows its owner and until when it can be restored.
  const trashed = gone?.reason === 'trashed' || snapshot.trashed;
  useEffect(() => {
    if (trashed) reload();
  }, [trashed, reload]);

  const inTrash = trashed || Boolean(info?.trashed_at);
  const nothing = missing && !snapshot.loaded;
  useWaking(snapshot.id, inTrash || nothing || (gone !== null && gone.reason !== 'deleted'));

  if (inTrash) return <TrashPage info={info} snapshot={snapshot} me={me} />;
  if (gone) return <GonePage snapshot={snapshot} me={me} />;
  if (nothing)
    return <GonePage snapshot={{ ...snapshot, gone: { reason: 'not-found', by: null, at: null } }} me={me} />;
  return <EditorScreen document={document_} snapshot={snapshot} me={me} info={info} />;
}
