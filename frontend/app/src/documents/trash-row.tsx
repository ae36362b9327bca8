import { Button } from '@mantine/core';
import { useState } from 'react';
import type { DocumentInfo, Me } from '../api';
import { firstName } from '../people';
import { Dialog, DialogButtons } from '../ui/dialog';
import { count, daysLeft, untitled, when } from '../words';
import classes from './trash-row.module.css';
import type { useDocumentActions } from './use-documents';

interface Props {
  document: DocumentInfo;
  me: Me;
  actions: ReturnType<typeof useDocumentActions>;
}

export function TrashRow({ document, me, actions }: Props) {
  const [asking, setAsking] = useState(false);
  const title = document.title || untitled;
  const now = new Date();
  const by = document.trashed_by;
  const who =
    by === null ? 'It was moved here' : by.id === me.id ? 'You moved it here' : `${firstName(by.name)} moved it here`;
  return (
    <li className={classes.row} data-testid="document" data-document={document.id}>
      <div className={classes.what}>
        <p className={classes.title}>{title}</p>
        <p className={classes.under}>
          {who} {document.trashed_at ? when(new Date(document.trashed_at), now) : ''}
        </p>
      </div>
      <span className={classes.left}>
        {document.deleted_after ? `${count(daysLeft(new Date(document.deleted_after), now), 'day')} left` : ''}
      </span>
      <Button variant="default" size="sm" aria-label={`Restore ${title}`} onClick={() => actions.restore(document)}>
        Restore
      </Button>
      <Button
        variant="subtle"
        color="rubric"
        size="sm"
        aria-label={`Delete for good: ${title}`}
        onClick={() => setAsking(true)}
      >
        Delete for good
      </Button>
      <Dialog opened={asking} onClose={() => setAsking(false)} title={`Delete “${title}” for good?`}>
        <p>Its text, history and comments go too. This can’t be undone.</p>
        <DialogButtons>
          <Button
            color="rubric"
            onClick={() => {
              setAsking(false);
              void actions.deleteForGood(document);
            }}
          >
            Delete for good
          </Button>
          <Button variant="default" data-autofocus onClick={() => setAsking(false)}>
            Keep
          </Button>
        </DialogButtons>
      </Dialog>
    </li>
  );
}
