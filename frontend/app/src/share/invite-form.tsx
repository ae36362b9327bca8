import { Button } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { api, type GivenRole, type ServerInfo } from '../api';
import { refusalOf } from '../auth/refusals';
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

/** Invites e-mail addresses with a role. People without an account can make one by the invitation's mail, or by its address where sign-up
 * is open. */
export function InviteForm({ document }: { document: string }) {
  const [text, setText] = useState('');
  const [role, setRole] = useState<GivenRole>('editor');
  const [error, setError] = useState<string | null>(null);
  const { act, busy } = useAct(document);
  const queries = useQueryClient();
  const form = useRef<HTMLFormElement>(null);
  const missing = error !== null && text.trim() === '';
  useEffect(() => {
    if (!missing) return;
    // When the user goes on to something else, an empty field is no mistake any more. The message goes after the press, not before it:
    // what is below would move away from under the pointer.
    const onClick = ({ target }: MouseEvent) => {
      if (!form.current?.contains(target as Node)) setError(null);
    };
    window.document.addEventListener('click', onClick);
    return () => window.document.removeEventListener('click', onClick);
  }, [missing]);
  const server = useQuery({ queryKey: ['server'], queryFn: api.server });

  const submit = async () => {
    const { addresses, wrong } = parseAddresses(text);
    if (wrong.length > 0) return setError(`“${wrong[0]}” isn’t an e-mail address.`);
    if (addresses.length === 0) return setError('Type a name or an e-mail address.');
    const failed: string[] = [];
    await act('invite', async () => {
      const made = [];
      for (const address of addresses) {
        try {
          made.push(await sharing.invite(document, address, role));
        } catch (problem) {
          failed.push(address);
          const wrong = refusalOf(problem, 'email').fields.email;
          if (wrong) setError(`${address}: ${wrong}`);
          else toast(`${address} was not invited. ${whatFailed(problem)}`);
        }
      }
      return made.length === 0 ? null : await tell(made, server.data?.signup);
    });
    setText(failed.join(', '));
  };

  const choose = (person: Candidate) => {
    setText('');
    setError(null);
    void act('invite', async () => {
      await sharing.addMember(document, person.id, role);
      await queries.invalidateQueries({ queryKey: ['candidates', 'document', document] });
      return `${person.name} ${roleMeanings[role]} now`;
    });
  };

  return (
    <form className={classes.invite} onSubmit={focusingWrong(submit)} ref={form} noValidate>
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

/** Shows the addresses that the inviter has to send, where the server sends no mail; a single one is copied at once. Says so if they make
 * no account. */
async function tell(
  made: { email: string; url?: string; mailed: boolean }[],
  signup: ServerInfo['signup'] | undefined,
): Promise<string> {
  const [first] = made;
  if (made.every((one) => one.mailed))
    return made.length === 1 ? `Invitation sent to ${first?.email}` : `${count(made.length, 'invitation')} sent`;
  if (made.length === 1 && first?.url && (await copyText(first.url)))
    return `Invitation made, its address copied. Send it to ${first.email}.${needsAccount(signup)}`;
  toast(`This server sends no mail. Copy each address below and send it.${needsAccount(signup)}`);
  return `${count(made.length, 'invitation')} made`;
}

function needsAccount(signup: ServerInfo['signup'] | undefined): string {
  if (signup === 'invite') return ' It opens with an account only: to somebody who has none, send a link.';
  if (signup === 'closed') return ' It opens with an account only, which the administrator makes.';
  return '';
}
