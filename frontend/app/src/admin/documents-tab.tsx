import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { ActionMenu } from '../ui/action-menu';
import { IconButton } from '../ui/icon-button';
import { ago, count, untitled } from '../words';
import classes from './admin-page.module.css';
import { admin, type DocumentListed } from './calls';
import { Paged } from './paged';
import { size } from './sizes';
import { TransferDocument } from './transfer-document';
import { type Act, useAct } from './use-act';

/** The documents with their owners and sizes. Administrators cannot read what is in them. */
export function DocumentsTab() {
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search.trim(), 200);
  const list = useInfiniteQuery({
    queryKey: ['admin', 'documents', settled],
    queryFn: ({ pageParam }) => admin.documents(settled, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const documents = list.data?.pages.flatMap((page) => page.items) ?? [];
  const now = new Date();
  const act = useAct();
  return (
    <>
      <div className={classes.tools}>
        <TextInput
          className={classes.search ?? ''}
          aria-label="Search titles"
          placeholder="Search titles"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
      </div>
      <Paged
        list={list}
        empty={documents.length > 0 ? null : settled ? `Nothing found for “${settled}”.` : 'No document yet.'}
      >
        <ul>
          {documents.map((one) => (
            <Row key={one.id} document={one} now={now} act={act} />
          ))}
        </ul>
      </Paged>
    </>
  );
}

function Row({ document, now, act }: { document: DocumentListed; now: Date; act: Act }) {
  const [giving, setGiving] = useState(false);
  const title = document.title || untitled;
  return (
    <li className={classes.row} data-testid="document">
      <div className={classes.who}>
        <p className={classes.title}>{title}</p>
        <p className={classes.quiet}>
          {document.owner.name} · {count(document.member_count, 'member')} · changed{' '}
          {ago(new Date(document.updated_at), now).toLowerCase()}
          {document.trashed_at === null ? '' : ' · in the trash'}
        </p>
      </div>
      <p className={classes.figure}>
        {size(document.bytes)}
        <br />
        <span className={classes.quiet}>{count(document.revision, 'revision')}</span>
      </p>
      <ActionMenu title={title} actions={[{ id: 'give', label: 'Change the owner…', onSelect: () => setGiving(true) }]}>
        <IconButton label={`More about ${title}`} icon={Ellipsis} />
      </ActionMenu>
      <TransferDocument document={document} opened={giving} onClose={() => setGiving(false)} act={act} />
    </li>
  );
}
