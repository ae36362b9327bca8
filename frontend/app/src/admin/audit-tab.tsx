import { Select } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { clock, when } from '../words';
import classes from './admin-page.module.css';
import { auditKinds, auditWords } from './audit-words';
import { admin } from './calls';
import { Paged } from './paged';

/** The audit log: who changed whose access, when and from where, newest first. */
export function AuditTab() {
  const [kind, setKind] = useState('');
  const list = useInfiniteQuery({
    queryKey: ['admin', 'audit', kind],
    queryFn: ({ pageParam }) => admin.audit(kind, pageParam),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_before,
  });
  const entries = list.data?.pages.flatMap((page) => page.items) ?? [];
  const now = new Date();
  return (
    <>
      <div className={classes.tools}>
        <Select
          aria-label="What to show"
          data={[...auditKinds]}
          value={kind}
          allowDeselect={false}
          onChange={(value) => setKind(value ?? '')}
        />
      </div>
      <Paged list={list} empty={entries.length === 0 ? 'Nothing was noted yet.' : null}>
        <ul>
          {entries.map((entry) => {
            const at = new Date(entry.at);
            return (
              <li key={entry.id} className={classes.row} data-testid="audit">
                <div className={classes.who}>
                  <p className={classes.sentence}>{auditWords(entry)}</p>
                  <p className={classes.quiet}>
                    {when(at, now)}
                    {when(at, now).startsWith('at') ? '' : `, ${clock(at)}`}
                    {entry.address ? ` · from ${entry.address}` : ''}
                  </p>
                </div>
              </li>
            );
          })}
        </ul>
      </Paged>
    </>
  );
}
