import { Button, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, type Me } from '../api';
import { notRefused, type Refusal, refusalOf } from '../auth/refusals';
import { newPasswordSlip, passwordSlip, slipsOf } from '../auth/slips';
import { whatFailed } from '../documents/use-new-document';
import { Dialog } from '../ui/dialog';
import { focusingWrong } from '../ui/focus-wrong';
import { PasswordField } from '../ui/password-field';
import { Refused } from '../ui/refused';
import { SwatchPicker } from '../ui/swatch-picker';
import { toast } from '../ui/toasts';
import { ago } from '../words';
import classes from './account-dialog.module.css';
import { device } from './device';
import { Email } from './email';
import { Leave } from './leave';
import { Picture } from './picture';
import { Tokens } from './tokens';

export function AccountDialog({ opened, onClose, me }: { opened: boolean; onClose: () => void; me: Me }) {
  return (
    <Dialog
      opened={opened}
      onClose={onClose}
      title={me.guest ? 'Name and colour' : 'Account'}
      width={520}
      testId="account"
    >
      {!me.guest && <Picture me={me} />}
      <Profile me={me} />
      {!me.guest && <Email me={me} />}
      {me.has_password && <Password />}
      <SignIns />
      {!me.guest && <Tokens />}
      {!me.guest && <Leave me={me} />}
    </Dialog>
  );
}

/** Name and colour, as others see them beside a caret. */
function Profile({ me }: { me: Me }) {
  const queries = useQueryClient();
  const [name, setName] = useState(me.name);
  const change = async (part: { name?: string; color?: number }) => {
    queries.setQueryData<Me>(['me'], (old) => old && { ...old, ...part });
    try {
      await api.updateMe(part);
    } catch (problem) {
      toast(whatFailed(problem));
    }
    void queries.invalidateQueries({ queryKey: ['me'] });
  };
  const keepName = () => {
    const next = name.trim();
    if (next && next !== me.name) void change({ name: next });
    else setName(me.name);
  };
  return (
    <section className={classes.section} aria-label="Profile">
      <TextInput
        label="Name"
        description="As others see it beside your caret"
        maxLength={80}
        value={name}
        data-autofocus
        onChange={(event) => setName(event.currentTarget.value)}
        onBlur={keepName}
        onKeyDown={(event) => event.key === 'Enter' && keepName()}
      />
      <SwatchPicker label="Colour" value={me.color} onChange={(color) => void change({ color })} />
    </section>
  );
}

function Password() {
  const [open, setOpen] = useState(false);
  const [form, setForm] = useState({ current: '', new: '' });
  const [refusal, setRefusal] = useState<Refusal<'current' | 'new'>>(notRefused);
  const [busy, setBusy] = useState(false);
  const queries = useQueryClient();
  useEffect(() => {
    if (!open) setForm({ current: '', new: '' });
  }, [open]);

  // From the newest state, because a password manager fills both fields before the next render.
  const fill = (name: keyof typeof form, value: string) => setForm((now) => ({ ...now, [name]: value }));

  const submit = async () => {
    const slips = slipsOf({ current: passwordSlip(form.current), new: newPasswordSlip(form.new) });
    if (slips) return setRefusal(slips);
    setBusy(true);
    setRefusal(notRefused);
    try {
      await api.changePassword(form);
      setOpen(false);
      toast('Password changed. Other devices were signed out.');
      void queries.invalidateQueries({ queryKey: ['sign-ins'] });
    } catch (problem) {
      setRefusal(refusalOf(problem, 'current', 'new'));
    } finally {
      setBusy(false);
    }
  };

  if (!open)
    return (
      <section className={classes.section}>
        <h3 className={classes.title}>Password</h3>
        <Button variant="default" size="sm" className={classes.fit ?? ''} onClick={() => setOpen(true)}>
          Change the password
        </Button>
      </section>
    );
  return (
    <section className={classes.section}>
      <h3 className={classes.title}>Password</h3>
      <form className={classes.form} onSubmit={focusingWrong(submit)} noValidate>
        <Refused>{refusal.form}</Refused>
        <PasswordField
          label="Your password now"
          autoComplete="current-password"
          required
          withAsterisk={false}
          value={form.current}
          error={refusal.fields.current ? (passwordSlip(form.current) ?? 'That is not your password.') : null}
          onChange={(event) => fill('current', event.currentTarget.value)}
        />
        <PasswordField
          label="New password"
          description="At least 10 characters. A short sentence is easiest to keep."
          autoComplete="new-password"
          required
          withAsterisk={false}
          value={form.new}
          error={refusal.fields.new ?? null}
          onChange={(event) => fill('new', event.currentTarget.value)}
        />
        <div className={classes.row}>
          <Button type="submit" size="sm" loading={busy}>
            Change it
          </Button>
          <Button variant="default" size="sm" onClick={() => setOpen(false)}>
            Cancel
          </Button>
        </div>
      </form>
    </section>
  );
}

function SignIns() {
  const queries = useQueryClient();
  const { data, error } = useQuery({ queryKey: ['sign-ins'], queryFn: api.signIns, refetchOnMount: 'always' });
  const end = async (id: string) => {
    try {
      await api.endSignIn(id);
      toast('Signed out there');
    } catch (problem) {
      toast(whatFailed(problem));
    }
    void queries.invalidateQueries({ queryKey: ['sign-ins'] });
  };
  return (
    <section className={classes.section} aria-label="Where you are signed in">
      <h3 className={classes.title}>Where you are signed in</h3>
      {error && <p className={classes.quiet}>The list can’t be loaded right now.</p>}
      <ul className={classes.scrolls}>
        {data?.items.map((signIn) => (
          <li key={signIn.id} className={classes.signIn}>
            <div>
              <p>{device(signIn)}</p>
              <p className={classes.quiet}>
                {signIn.address} · {signIn.current ? 'this device' : ago(new Date(signIn.last_seen_at), new Date())}
              </p>
            </div>
            {!signIn.current && (
              <Button variant="subtle" color="rubric" size="sm" onClick={() => void end(signIn.id)}>
                Sign out
              </Button>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
