import { Tabs } from '@mantine/core';
import { useEffect } from 'react';
import { Link, useLocation } from 'wouter';
import { AccountMenu } from '../account/account-menu';
import type { Me } from '../api';
import { Wordmark } from '../ui/mark';
import classes from './admin-page.module.css';
import { AuditTab } from './audit-tab';
import { DocumentsTab } from './documents-tab';
import { PeopleTab } from './people-tab';
import { SettingsTab } from './settings-tab';
import { StorageTab } from './storage-tab';

const tabs = [
  { value: 'people', label: 'People' },
  { value: 'documents', label: 'Documents' },
  { value: 'storage', label: 'Storage' },
  { value: 'settings', label: 'Settings' },
  { value: 'audit', label: 'Audit log' },
] as const;

/** The administration: people, sizes, settings and the audit log. It never shows the text of a document. */
export default function AdminPage({ me, tab }: { me: Me; tab: string }) {
  const [, navigate] = useLocation();
  const shown = tabs.find((one) => one.value === tab)?.value ?? 'people';
  useEffect(() => {
    document.title = 'Administration · Quire';
  }, []);
  return (
    <div className={classes.page}>
      <header className={classes.bar}>
        <Link href="/" aria-label="Quire, all documents" className={classes.home}>
          <Wordmark />
        </Link>
        <AccountMenu me={me} />
      </header>
      <main className={classes.column}>
        <h1 className={classes.heading}>Administration</h1>
        <Tabs value={shown} onChange={(value) => navigate(`/admin/${value ?? 'people'}`)} keepMounted={false}>
          <Tabs.List aria-label="What to look after">
            {tabs.map(({ value, label }) => (
              <Tabs.Tab key={value} value={value}>
                {label}
              </Tabs.Tab>
            ))}
          </Tabs.List>
          <Tabs.Panel value={shown} className={classes.panel}>
            {shown === 'people' && <PeopleTab me={me} />}
            {shown === 'documents' && <DocumentsTab />}
            {shown === 'storage' && <StorageTab />}
            {shown === 'settings' && <SettingsTab />}
            {shown === 'audit' && <AuditTab />}
          </Tabs.Panel>
        </Tabs>
      </main>
    </div>
  );
}
