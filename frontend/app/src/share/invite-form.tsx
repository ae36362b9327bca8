import { Button, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { GivenRole } from '../api';
import { whatFailed } from '../documents/use-new-document';
import { copyText } from '../ui/copy';
import { toast } from '../ui/toasts';
import { count } from '../words';
import { parseAddresses } from './addresses';
import { sharing } from './calls';
import { GivenRoleMenu } from './role-menu';
import classes from './share-dialog.module.css';
import { useAct } from './use-sharing';

/** Addresses, a role, Invite. Who has no account makes one by the invitation's address. */
export function InviteForm({ document }: { document: string }) {
  const [text, setText] = useState('');
  const [role, setRole] = useState<GivenRole>('editor');
  const [error, setError] = useState<string | null>(null);
  const { act, busy } = useAct(document);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const { addresses, wrong } = parseAddresses(text);
    if (wrong.length > 0) return setError(`“${wrong[0]}” isn’t an e-mail address.`);
    if (addresses.length === 0) return setError('Type an e-mail address.');
    const failed: string[] = [];
    await act('invite', async () => {
      const made = [];
      for (const address of addresses) {
        try {
          made.push(await sharing.invite(document, address, role));
        } catch (problem) {
          failed.push(address);
          setError(`${address}: ${whatFailed(problem)}`);
        }
      }
      return made.length === 0 ? null : await tell(made);
    });
    setText(failed.join(', '));
  };

  return (
    <form className={classes.invite} onSubmit={(event) => void submit(event)} noValidate>
      <TextInput
        className={classes.addresses ?? ''}
        aria-label="E-mail addresses"
        placeholder="E-mail addresses"
        inputMode="email"
        autoComplete="off"
        data-autofocus
        value={text}
        error={error}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setError(null);
        }}
      />
      <GivenRoleMenu of="those you invite" role={role} onChange={setRole} />
      <Button type="submit" loading={busy === 'invite'}>
        Invite
      </Button>
    </form>
  );
}

/** Without a mail server the inviter sends the address: one is put on the clipboard at once. */
async function tell(made: { email: string; url?: string; mailed: boolean }[]): Promise<string> {
  const [first] = made;
  if (made.every((one) => one.mailed))
    return made.length === 1 ? `Invitation sent to ${first?.email}` : `${count(made.length, 'invitation')} sent`;
  if (made.length === 1 && first?.url && (await copyText(first.url)))
    return `Invitation made, its address copied. Send it to ${first.email}.`;
  toast('This server sends no mail. Copy each address below and send it.');
  return `${count(made.length, 'invitation')} made`;
}
