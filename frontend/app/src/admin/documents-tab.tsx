import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ago, count, untitled } from '../words';
import classes from './admin-page.module.css';
import { admin } from './calls';
import { Paged } from './paged';
import { size } from './sizes';

/** Which documents there are, whose, and how large. What is in them is not an administrator's to read. */
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
            <li key={one.id} className={classes.row} data-testid="document">
              <div className={classes.who}>
                <p className={classes.title}>{one.title || untitled}</p>
                <p className={classes.quiet}>
                  {one.owner.name} · {count(one.member_count, 'member')} · changed{' '}
                  {ago(new Date(one.updated_at), now).toLowerCase()}
                  {one.trashed_at === null ? '' : ' · in the trash'}
                </p>
              </div>
              <p className={classes.figure}>
                {size(one.bytes)}
                <br />
                <span className={classes.quiet}>{count(one.revision, 'revision')}</span>
              </p>
            </li>
          ))}
        </ul>
      </Paged>
    </>
  );
}
