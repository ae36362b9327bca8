import { Button } from '@mantine/core';
import { Plus } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { DocumentInfo, Me, Scope } from '../api';
import { useDelay } from '../ui/use-delay';
import { type AgeGroup, ageGroup } from '../words';
import classes from './document-list.module.css';
import { DocumentRow } from './document-row';
import { EmptyPicture } from './empty-picture';
import { TrashRow } from './trash-row';
import { useAway, useDocumentActions, useDocuments } from './use-documents';
import { useLeftovers } from './use-leftovers';

interface Props {
  me: Me;
  scope: Scope;
  /** Words to find in titles; empty: everything. */
  search: string;
  onCreate: () => void;
  creating: boolean;
}

export function DocumentList({ me, scope, search, onCreate, creating }: Props) {
  const list = useDocuments(scope, search);
  const actions = useDocumentActions();
  const leftovers = useLeftovers();
  const away = useAway(list);
  const documents = list.data?.pages.flatMap((page) => page.items) ?? [];

  if (away && !list.data) return <Away onRetry={() => void list.refetch()} />;
  if (list.isPending) return <Loading />;
  if (list.isError && documents.length === 0) return <Failed onRetry={() => void list.refetch()} />;
  if (documents.length === 0) return <Empty {...{ scope, search, onCreate, creating }} />;
  return (
    <>
      {away && (
        <p className={classes.note} role="status">
          <strong>You’re offline.</strong> This is the list as it was.
        </p>
      )}
      {scope === 'trash' ? (
        <>
          <p className={classes.note}>Documents stay here for 30 days, then they are deleted for good.</p>
          <ul className={classes.rows} data-testid="trash">
            {documents.map((document) => (
              <TrashRow key={document.id} {...{ document, me, actions }} />
            ))}
          </ul>
        </>
      ) : (
        groups(documents).map(([name, members], index) => (
          <section key={name} className={classes.group} aria-labelledby={`group-${index}`}>
            <div className={classes.head}>
              <h2 id={`group-${index}`}>{name}</h2>
              {index === 0 && (
                <>
                  <span aria-hidden="true">Owner</span>
                  <span aria-hidden="true">Shared with</span>
                  <span aria-hidden="true">Last change</span>
                </>
              )}
            </div>
            <ul className={classes.rows} data-testid="documents">
              {members.map((document) => (
                <DocumentRow
                  key={document.id}
                  {...{ document, me, actions, search }}
                  {...(leftovers.get(document.id) ?? {})}
                />
              ))}
            </ul>
          </section>
        ))
      )}
      {list.hasNextPage && <More busy={list.isFetchingNextPage} onMore={() => void list.fetchNextPage()} />}
    </>
  );
}

function groups(documents: DocumentInfo[]): [AgeGroup, DocumentInfo[]][] {
  const now = new Date();
  const found = new Map<AgeGroup, DocumentInfo[]>();
  for (const document of documents) {
    const group = ageGroup(new Date(document.updated_at), now);
    found.set(group, [...(found.get(group) ?? []), document]);
  }
  return [...found];
}

/** Loads the next page when the end of this one comes into view; the button is for those who do not scroll. */
function More({ busy, onMore }: { busy: boolean; onMore: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  const more = useRef(onMore);
  more.current = onMore;
  useEffect(() => {
    if (busy || !end.current) return;
    const observer = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && more.current(),
      {
        rootMargin: '400px',
      },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [busy]);
  return (
    <div ref={end} className={classes.more}>
      <Button variant="default" size="sm" loading={busy} onClick={onMore}>
        Show more
      </Button>
    </div>
  );
}

function Empty({ scope, search, onCreate, creating }: Pick<Props, 'scope' | 'search' | 'onCreate' | 'creating'>) {
  if (search) return <p className={classes.note}>Nothing found for “{search}”.</p>;
  if (scope === 'trash') return <p className={classes.note}>The trash is empty.</p>;
  if (scope === 'shared')
    return (
      <p className={classes.note}>
        Nothing is shared with you yet. Open a link somebody sent you, and it is listed here.
      </p>
    );
  return (
    <div className={classes.empty}>
      <EmptyPicture />
      <h2>Nothing written yet</h2>
      <p>Start a document, or open a link somebody sent you. What is shared with you will be listed here.</p>
      <Button
        variant="default" // the filled one is in the bar
        loading={creating}
        onClick={onCreate}
        leftSection={<Plus size={16} strokeWidth={1.75} aria-hidden="true" />}
      >
        New document
      </Button>
    </div>
  );
}

function Away({ onRetry }: { onRetry: () => void }) {
  return (
    <div className={classes.failed} role="alert">
      <p>
        <strong>You’re offline.</strong> The list comes when the connection is back. Your documents are safe on the
        server.
      </p>
      <Button variant="default" size="sm" onClick={onRetry}>
        Try now
      </Button>
    </div>
  );
}

function Failed({ onRetry }: { onRetry: () => void }) {
  return (
    <div className={classes.failed} role="alert">
      <p>The list can’t be loaded right now. Your documents are safe on the server.</p>
      <Button variant="default" size="sm" onClick={onRetry}>
        Try again
      </Button>
    </div>
  );
}

function Loading() {
  const late = useDelay(150);
  return (
    <div aria-busy="true" className={classes.loading}>
      <span className="visually-hidden" role="status">
        Loading documents
      </span>
      {late && [62, 44, 71, 38].map((width) => <Bars key={width} width={width} />)}
    </div>
  );
}

function Bars({ width }: { width: number }) {
  return (
    <div className={classes.bars} aria-hidden="true">
      <span style={{ width: `${width * 0.5}%` }} />
      <span style={{ width: `${width}%` }} />
    </div>
  );
}
