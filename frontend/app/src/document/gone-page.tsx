import { Button } from '@mantine/core';
import type { DocumentSnapshot } from '@quire/client';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useLocation } from 'wouter';
import { api, type DocumentInfo, type Me } from '../api';
import { listAddress } from '../documents/list-address';
import { whatFailed } from '../documents/use-new-document';
import { reloadPage } from '../leaving';
import { firstName } from '../people';
import { AskDialog } from '../share/ask-dialog';
import { PlainPage } from '../ui/plain-page';
import { toast } from '../ui/toasts';
import { count, daysLeft, when } from '../words';
import { ParkedDialog } from './parked-dialog';

/** The page of a document that this reader cannot open: there is no such document, they lost access, or it was deleted. */
export function GonePage({ snapshot, me }: { snapshot: DocumentSnapshot; me: Me }) {
  const gone = snapshot.gone;
  if (!gone || gone.reason === 'not-found')
    return (
      <PlainPage
        heading="There is nothing here"
        testId="not-found"
        actions={<Actions snapshot={snapshot}>{me.guest ? null : <Ask document={snapshot.id} />}</Actions>}
      >
        <p>
          This document doesn’t exist, or it isn’t shared with you.
          {me.guest
            ? ' If someone sent you the address, ask them for a link.'
            : ` If someone sent you the address, you can ask its owner to let ${me.email ?? me.name} in.`}
        </p>
      </PlainPage>
    );
  const who = gone.by ? firstName(gone.by.name) : null;
  const at = gone.at === null ? '' : ` ${when(new Date(gone.at), new Date())}`;
  const kept = snapshot.parked.length > 0 ? <p>What you hadn’t sent is kept on this device.</p> : null;
  if (gone.reason === 'removed')
    return (
      <PlainPage
        heading="You no longer have access"
        testId="removed"
        actions={<Actions snapshot={snapshot}>{me.guest ? null : <Ask document={snapshot.id} />}</Actions>}
      >
        <p>{who ? `${who} removed it${at}.` : `It was removed${at}.`}</p>
        {kept}
      </PlainPage>
    );
  return (
    <PlainPage heading="This document was deleted" testId="deleted" actions={<Actions snapshot={snapshot} />}>
      <p>{who ? `${who} deleted it for good${at}.` : 'It is gone for good.'}</p>
      {kept}
    </PlainPage>
  );
}

/** Requests access. The answer is the same whether or not there is such a document. */
function Ask({ document }: { document: string }) {
  const [asking, setAsking] = useState(false);
  const [sent, setSent] = useState(false);
  if (sent) return <p role="status">Asked. If the document exists, its owner decides.</p>;
  return (
    <>
      <Button onClick={() => setAsking(true)}>Ask for access</Button>
      <AskDialog
        opened={asking}
        onClose={() => setAsking(false)}
        document={document}
        wish="viewer"
        onSent={() => setSent(true)}
      />
    </>
  );
}

export function TrashPage({ info, snapshot, me }: { info: DocumentInfo | null; snapshot: DocumentSnapshot; me: Me }) {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const by = info?.trashed_by ?? snapshot.gone?.by ?? null;
  const moved = info?.trashed_at ? new Date(info.trashed_at) : snapshot.gone?.at ? new Date(snapshot.gone.at) : null;
  const owner = info?.role === 'owner';
  const who =
    by === null
      ? 'It was moved there'
      : by.id === me.id
        ? 'You moved it there'
        : `${firstName(by.name)} moved it there`;
  const restore = async () => {
    setBusy(true);
    try {
      await api.restoreDocument(snapshot.id);
      // The client has closed this document; remounting opens it as if for the first time.
      await queries.invalidateQueries();
      reloadPage();
    } catch (problem) {
      setBusy(false);
      toast(whatFailed(problem));
    }
  };
  return (
    <PlainPage
      heading="This document is in the trash"
      testId="trashed"
      actions={
        <Actions snapshot={snapshot}>
          {owner && (
            <Button loading={busy} onClick={() => void restore()}>
              Restore
            </Button>
          )}
        </Actions>
      }
    >
      <p>
        {who}
        {moved ? ` ${when(moved, new Date())}` : ''}.
        {owner && info?.deleted_after
          ? ` It can be restored for ${count(daysLeft(new Date(info.deleted_after), new Date()), 'more day')}.`
          : !owner
            ? ' Its owner can restore it.'
            : ''}
      </p>
      {snapshot.parked.length > 0 && <p>What you hadn’t sent is kept on this device.</p>}
    </PlainPage>
  );
}

function Actions({ snapshot, children }: { snapshot: DocumentSnapshot; children?: ReactNode }) {
  const [, navigate] = useLocation();
  const [reading, setReading] = useState(false);
  const parked = snapshot.parked.length > 0;
  return (
    <>
      {children}
      {parked && (
        <Button variant={children ? 'default' : 'filled'} onClick={() => setReading(true)}>
          See the text
        </Button>
      )}
      <Button variant={parked || children ? 'default' : 'filled'} onClick={() => navigate(listAddress())}>
        All documents
      </Button>
      <ParkedDialog opened={reading} onClose={() => setReading(false)} parked={snapshot.parked} />
    </>
  );
}
