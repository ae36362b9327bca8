import { Button, Tabs } from '@mantine/core';
import { useDebouncedValue, useHotkeys } from '@mantine/hooks';
import { Plus, Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { AccountMenu } from '../account/account-menu';
import type { Me, Scope } from '../api';
import { MyInvitations } from '../invitation/my-invitations';
import { IconButton } from '../ui/icon-button';
import { Wordmark } from '../ui/mark';
import { usePhone } from '../ui/screen';
import { DocumentList } from './document-list';
import classes from './documents-page.module.css';
import { noteList } from './list-address';
import { SearchField } from './search-field';
import { useNewDocument } from './use-new-document';
import { usePrefetch } from './use-prefetch';

const scopes: { value: Scope; label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'mine', label: 'Mine' },
  { value: 'shared', label: 'Shared with me' },
  { value: 'trash', label: 'Trash' },
];

export function DocumentsPage({ me }: { me: Me }) {
  const { scope, setScope, search, setSearch } = useView();
  const [settled] = useDebouncedValue(search.trim(), 200);
  const [searching, setSearching] = useState(search !== '');
  const field = useRef<HTMLInputElement>(null);
  const phone = usePhone();
  const { create, busy } = useNewDocument();
  usePrefetch();

  useEffect(() => {
    document.title = 'Documents · Quire';
  }, []);
  useHotkeys([['mod+K', () => field.current?.focus(), { preventDefault: true }]], []);

  const fieldShown = !phone || searching;
  return (
    <div className={classes.page}>
      <header className={classes.bar} data-searching={(phone && searching) || undefined}>
        <Link href="/" aria-label="Quire, all documents" className={classes.home}>
          <Wordmark />
        </Link>
        {fieldShown && (
          <SearchField
            ref={field}
            value={search}
            onChange={setSearch}
            autoFocus={searching && search === ''}
            {...(phone
              ? {
                  onClose: () => {
                    setSearch('');
                    setSearching(false);
                  },
                }
              : {})}
          />
        )}
        {!fieldShown && (
          <IconButton
            label="Search"
            icon={Search}
            className={classes.searchButton ?? ''}
            onClick={() => setSearching(true)}
          />
        )}
        <Button
          size="sm"
          loading={busy}
          onClick={create}
          leftSection={<Plus size={16} strokeWidth={1.75} aria-hidden="true" />}
        >
          New
        </Button>
        <AccountMenu me={me} />
      </header>
      <main className={classes.column}>
        <h1 className={classes.heading}>Documents</h1>
        <MyInvitations me={me} />
        <Tabs value={scope} onChange={(value) => setScope((value as Scope | null) ?? 'all')} keepMounted={false}>
          <Tabs.List aria-label="Which documents">
            {scopes.map(({ value, label }) => (
              <Tabs.Tab key={value} value={value}>
                {label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          {scopes.map(({ value }) => (
            <Tabs.Panel key={value} value={value} className={classes.panel}>
              <DocumentList me={me} scope={value} search={settled} onCreate={create} creating={busy} />
            </Tabs.Panel>
          ))}
        </Tabs>
      </main>
    </div>
  );
}

/** Keeps the tab and the search of the list in the address, so that they survive reloading and coming back. */
function useView() {
  const [params, setParams] = useSearchParams();
  const [search, setSearch] = useState(params.get('q') ?? '');
  const asked = params.get('show');
  const query = params.toString();
  useEffect(() => noteList(query), [query]);
  const keep = (name: string, value: string) =>
    setParams(
      (old) => {
        const next = new URLSearchParams(old);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  return {
    scope: scopes.find(({ value }) => value === asked)?.value ?? 'all',
    setScope: (scope: Scope) => keep('show', scope === 'all' ? '' : scope),
    search,
    setSearch: (text: string) => {
      setSearch(text);
      keep('q', text);
    },
  };
}
