import type { QuireDocument } from '@quire/client';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, type DocumentInfo, type Me, Problem } from '../api';
import { connection } from '../session';
import { EditorScreen } from './editor-screen';
import { GonePage, TrashPage } from './gone-page';
import { useAbout } from './use-shown-state';

/** One document: opened for as long as the page shows it. */
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
  return error instanceof Problem && (error.status === 404 || error.status === 403);
}

function useOpenDocument(id: string): QuireDocument | null {
  const [opened, setOpened] = useState<QuireDocument | null>(null);
  useEffect(() => {
    const document_ = connection.get().open(id);
    setOpened(document_);
    return () => document_.close();
  }, [id]);
  return opened;
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
  // The socket says that a document is closed; REST knows whose it is and until when it can be restored.
  const trashed = gone?.reason === 'trashed' || snapshot.trashed;
  useEffect(() => {
    if (trashed) reload();
  }, [trashed, reload]);

  if (info?.trashed_at || trashed) return <TrashPage info={info} snapshot={snapshot} me={me} />;
  if (gone) return <GonePage snapshot={snapshot} me={me} />;
  if (missing && !snapshot.loaded)
    return <GonePage snapshot={{ ...snapshot, gone: { reason: 'not-found', by: null, at: null } }} me={me} />;
  return <EditorScreen document={document_} snapshot={snapshot} me={me} info={info} />;
}
