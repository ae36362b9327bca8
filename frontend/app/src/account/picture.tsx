import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { Me } from '../api';
import { whatFailed } from '../documents/use-new-document';
import { Avatar } from '../ui/avatar';
import { toast } from '../ui/toasts';
import classes from './account-dialog.module.css';
import { account, pictureOf } from './calls';

const kinds = ['image/png', 'image/jpeg', 'image/webp'];
const most = 256 * 1024;

/** Sets the person's picture, or removes it, which leaves two letters. */
export function Picture({ me }: { me: Me }) {
  const queries = useQueryClient();
  const field = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const act = async (change: () => Promise<unknown>) => {
    setBusy(true);
    try {
      await change();
    } catch (problem) {
      toast(whatFailed(problem));
    }
    setBusy(false);
    void queries.invalidateQueries({ queryKey: ['me'] });
  };
  const choose = (file: File | undefined) => {
    if (!file) return;
    if (!kinds.includes(file.type)) toast('A picture is a PNG, JPEG or WebP file.');
    else if (file.size > most) toast('That picture is larger than 256 KB.');
    else void act(() => account.setPicture(file));
  };
  return (
    <div className={classes.picture}>
      <Avatar name={me.name} color={me.color} size={56} picture={pictureOf(me)} />
      <input
        ref={field}
        type="file"
        accept={kinds.join(',')}
        className="visually-hidden"
        tabIndex={-1}
        aria-label="Picture"
        onChange={(event) => {
          choose(event.currentTarget.files?.[0]);
          event.currentTarget.value = '';
        }}
      />
      <Button variant="default" size="sm" loading={busy} onClick={() => field.current?.click()}>
        {me.picture ? 'Another picture' : 'Add a picture'}
      </Button>
      {me.picture && (
        <Button variant="subtle" size="sm" onClick={() => void act(account.removePicture)}>
          Remove
        </Button>
      )}
    </div>
  );
}
