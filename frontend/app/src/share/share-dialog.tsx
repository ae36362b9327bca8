import type { QuireDocument } from '@quire/client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, type Me } from '../api';
import { Dialog } from '../ui/dialog';
import { untitled } from '../words';
import { LinkRows } from './link-rows';
import { MemberRow } from './member-row';
import classes from './share-dialog.module.css';

interface Props {
  opened: boolean;
  onClose: () => void;
  document: QuireDocument;
  title: string;
  me: Me;
}

/** Who may do what here. Every change acts at once, so there is nothing to save. */
export function ShareDialog({ opened, onClose, document, title, me }: Props) {
  return (
    <Dialog opened={opened} onClose={onClose} title={`Share “${title || untitled}”`} width={580} testId="share">
      <Sharing document={document} me={me} />
    </Dialog>
  );
}

function Sharing({ document, me }: { document: QuireDocument; me: Me }) {
  const { id } = document;
  const queries = useQueryClient();
  const members = useQuery({ queryKey: ['members', id], queryFn: () => api.members(id), refetchOnMount: 'always' });
  const links = useQuery({ queryKey: ['links', id], queryFn: () => api.links(id), refetchOnMount: 'always' });
  // Somebody came in by a link, or another owner changed something.
  useEffect(
    () =>
      document.on('members', () => {
        void queries.invalidateQueries({ queryKey: ['members', id] });
        void queries.invalidateQueries({ queryKey: ['links', id] });
      }),
    [document, id, queries],
  );
  const failed = members.error ?? links.error;
  return (
    <>
      <h3 className={classes.head}>Links</h3>
      <LinkRows document={id} links={links.data?.items ?? null} />
      <h3 className={classes.head}>People</h3>
      {failed && (
        <p className={classes.failed} role="alert">
          The list can’t be loaded right now.{' '}
          <button type="button" onClick={() => void queries.invalidateQueries({ queryKey: ['members', id] })}>
            Try again
          </button>
        </p>
      )}
      <ul className={classes.people}>
        {members.data?.items.map((member) => (
          <MemberRow key={member.user.id} document={id} member={member} me={me} />
        ))}
      </ul>
      <p className={classes.foot}>Changes count within a second.</p>
    </>
  );
}
