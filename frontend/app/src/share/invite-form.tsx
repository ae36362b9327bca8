import { Button } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { GivenRole } from '../api';
import { whatFailed } from '../documents/use-new-document';
import type { Candidate } from '../people';
import { copyText } from '../ui/copy';
import { focusingWrong } from '../ui/focus-wrong';
import { toast } from '../ui/toasts';
import { count, roleMeanings } from '../words';
import { parseAddresses } from './addresses';
import { sharing } from './calls';
import { PersonField } from './person-field';
import { GivenRoleMenu } from './role-menu';
import classes from './share-dialog.module.css';
import { useAct } from './use-sharing';

/** Addresses, a role, Invite. Who has no account makes one by the invitation's address. */
export function InviteForm({ document }: { document: string }) {
  const [text, setText] = useState('');
  const [role, setRole] = useState<GivenRole>('editor');
  const [error, setError] = useState<string | null>(null);
  const { act, busy } = useAct(document);
  const queries = useQueryClient();

  const submit = async () => {
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

  const choose = (person: Candidate) => {
    setText('');
    void act('invite', async () => {
      await sharing.addMember(document, person.id, role);
      await queries.invalidateQueries({ queryKey: ['candidates', 'document', document] });
      return `${person.name} ${roleMeanings[role]} now`;
    });
  };

  return (
    <form className={classes.invite} onSubmit={focusingWrong(submit)} noValidate>
      <PersonField
        label="Names or e-mail addresses"
        placeholder="Names or e-mail addresses"
        autoFocus
        text={text}
        onText={(next) => {
          setText(next);
          setError(null);
        }}
        error={error}
        of={['document', document]}
        load={(name) => sharing.candidates(document, name)}
        onChoose={choose}
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
