import { Button, TextInput } from '@mantine/core';
import { Copy, Globe, Plus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { GivenRole } from '../api';
import { copyText } from '../ui/copy';
import { focusIsFree } from '../ui/keep-focus';
import { toast } from '../ui/toasts';
import { roleMeanings, roleNames } from '../words';
import { type Member, type ShareLink, sharing } from './calls';
import { broughtBy } from './came';
import { endOf, expiries, expiryWords } from './expiry';
import { ChoiceMenu, givenRoles } from './role-menu';
import classes from './share-dialog.module.css';
import { useAct } from './use-sharing';
import { useWithdraw, WithdrawDialog } from './withdraw-link';

/** The share links, each with its role, its end and a button to withdraw it. */
export function LinkRows({
  document,
  links,
  members,
}: {
  document: string;
  links: ShareLink[] | null;
  members: Member[];
}) {
  const { act, busy } = useAct(document);
  const [made, setMade] = useState<string | null>(null);
  const make = (role: GivenRole) =>
    void act(role, async () => {
      const link = await sharing.createLink(document, role, null);
      setMade(link.id);
      return (await copyText(link.url)) ? 'Link copied' : 'Link made';
    });

  return (
    <>
      {links?.map((link) => (
        <LinkRow
          key={link.id}
          document={document}
          link={link}
          brought={broughtBy(link.id, members)}
          fresh={link.id === made}
        />
      ))}
      {links?.length === 0 && (
        <div className={classes.row}>
          <span className={classes.globe} data-off>
            <Globe size={18} strokeWidth={1.75} aria-hidden="true" />
          </span>
          <div className={classes.who}>
            <p className={classes.name}>No link yet</p>
            <p className={classes.quiet}>Guests type a name. No account needed.</p>
          </div>
        </div>
      )}
      {links && (
        <div className={classes.make}>
          {givenRoles.map((role) => (
            <Button
              key={role}
              variant="default"
              size="sm"
              loading={busy === role}
              title={`Whoever has it ${roleMeanings[role]}`}
              leftSection={<Plus size={16} strokeWidth={1.75} aria-hidden="true" />}
              onClick={() => make(role)}
            >
              Link for {roleNames[role].toLowerCase()}s
            </Button>
          ))}
        </div>
      )}
    </>
  );
}

interface RowProps {
  document: string;
  link: ShareLink;
  brought: Member[];
  /** It was just made here, so the next step is to copy it. */
  fresh: boolean;
}

function LinkRow({ document, link, brought, fresh }: RowProps) {
  const { act, busy } = useAct(document);
  const copy = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (fresh && focusIsFree(window.document)) copy.current?.focus();
  }, [fresh]);
  const [asking, setAsking] = useState(false);
  const withdraw = useWithdraw(document, link, act);
  const name = `Link for ${roleNames[link.role].toLowerCase()}s`;
  const now = new Date();
  return (
    <div className={classes.link} data-testid={`link-${link.role}`}>
      <div className={classes.row}>
        <span className={classes.globe} data-off={link.expired || undefined}>
          <Globe size={18} strokeWidth={1.75} aria-hidden="true" />
        </span>
        <div className={classes.who}>
          <p className={classes.name}>Anyone with the link {roleMeanings[link.role]}</p>
          <p className={classes.quiet}>
            {link.expired ? 'It opens nothing any more.' : 'Guests type a name. No account needed.'}
          </p>
        </div>
        <ChoiceMenu
          title={`End of the ${name.toLowerCase()}`}
          chosen={expiryWords(link.expires_at, link.expired, now)}
          actions={expiries.map(({ days, label }) => ({
            id: label,
            label,
            ...(link.expires_at === null && days === null ? { checked: true } : {}),
            onSelect: () =>
              void act(link.id, async () => {
                await sharing.changeLink(document, link.id, endOf(days, new Date()));
                return null;
              }),
          }))}
        />
      </div>
      <div className={classes.address}>
        <TextInput aria-label={name} readOnly value={link.url} onFocus={(event) => event.currentTarget.select()} />
        <Button
          ref={copy}
          variant="default"
          leftSection={<Copy size={16} strokeWidth={1.75} aria-hidden="true" />}
          onClick={() =>
            void copyText(link.url).then((done) => toast(done ? 'Link copied' : 'This browser did not allow copying'))
          }
        >
          Copy
        </Button>
        <Button
          variant="subtle"
          color="rubric"
          loading={busy === link.id}
          aria-label={`Withdraw: ${name}`}
          onClick={() => (brought.length > 0 ? setAsking(true) : withdraw('keep', brought))}
        >
          Withdraw
        </Button>
      </div>
      <WithdrawDialog opened={asking} onClose={() => setAsking(false)} brought={brought} onWithdraw={withdraw} />
    </div>
  );
}
