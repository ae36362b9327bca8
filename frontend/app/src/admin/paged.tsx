import { Button } from '@mantine/core';
import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import classes from './admin-page.module.css';

type Listed = Pick<
  UseInfiniteQueryResult<unknown>,
  'isPending' | 'isError' | 'refetch' | 'hasNextPage' | 'fetchNextPage' | 'isFetchingNextPage'
>;

/** A long list, loaded page by page. It says when it is loading, failed or empty, and whether there is more. */
export function Paged({ list, empty, children }: { list: Listed; empty: string | null; children: ReactNode }) {
  if (list.isPending) return <p className={classes.quiet}>Loading…</p>;
  if (list.isError)
    return (
      <p className={classes.failed} role="alert">
        The list can’t be loaded right now.{' '}
        <Button variant="subtle" size="sm" onClick={() => void list.refetch()}>
          Try again
        </Button>
      </p>
    );
  if (empty !== null) return <p className={classes.quiet}>{empty}</p>;
  return (
    <>
      {children}
      {list.hasNextPage && (
        <Button
          variant="default"
          size="sm"
          className={classes.more ?? ''}
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Show more
        </Button>
      )}
    </>
  );
}
