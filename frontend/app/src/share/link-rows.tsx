import { Button, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { Copy, Globe, Plus } from 'lucide-react';
import { useState } from 'react';
import { api, type Role, type ShareLink } from '../api';
import { whatFailed } from '../documents/use-new-document';
import { copyText } from '../ui/copy';
import { toast } from '../ui/toasts';
import { roleMeanings, roleNames } from '../words';
import classes from './share-dialog.module.css';

/** One link for each role at most. None for commenters until there are comments. */
const linkRoles: readonly Role[] = ['viewer', 'editor'];

export function LinkRows({ document, links }: { document: string; links: ShareLink[] | null }) {
  const queries = useQueryClient();
  const [busy, setBusy] = useState<string | null>(null);
  const act = async (what: string, change: () => Promise<unknown>) => {
    setBusy(what);
    try {
      await change();
    } catch (problem) {
      toast(whatFailed(problem));
    }
    await queries.invalidateQueries({ queryKey: ['links', document] });
    setBusy(null);
  };
  const make = (role: Role) =>
    void act(role, async () => {
      const link = await api.createLink(document, role);
      toast((await copyText(link.url)) ? 'Link copied' : 'Link made');
    });
  const free = linkRoles.filter((role) => !links?.some((link) => link.role === role));

  return (
    <>
      {links?.map((link) => (
        <LinkRow
          key={link.id}
          link={link}
          busy={busy === link.id}
          onWithdraw={() =>
            void act(link.id, async () => {
              await api.withdrawLink(document, link.id);
              toast('Link withdrawn. Nobody new gets in by it.');
            })
          }
        />
      ))}
      {links?.length === 0 && (
        <div className={classes.row}>
          <span className={classes.globe}>
            <Globe size={18} strokeWidth={1.75} aria-hidden="true" />
          </span>
          <div className={classes.who}>
            <p className={classes.name}>No link yet</p>
            <p className={classes.quiet}>Guests type a name. No account needed.</p>
          </div>
        </div>
      )}
      {links && free.length > 0 && (
        <div className={classes.make}>
          {free.map((role) => (
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

function LinkRow({ link, busy, onWithdraw }: { link: ShareLink; busy: boolean; onWithdraw: () => void }) {
  const name = `Link for ${roleNames[link.role].toLowerCase()}s`;
  return (
    <div className={classes.link} data-testid={`link-${link.role}`}>
      <div className={classes.row}>
        <span className={classes.globe}>
          <Globe size={18} strokeWidth={1.75} aria-hidden="true" />
        </span>
        <div className={classes.who}>
          <p className={classes.name}>Anyone with the link {roleMeanings[link.role]}</p>
          <p className={classes.quiet}>Guests type a name. No account needed.</p>
        </div>
        <Button
          variant="subtle"
          color="rubric"
          size="sm"
          loading={busy}
          aria-label={`Withdraw: ${name}`}
          onClick={onWithdraw}
        >
          Withdraw
        </Button>
      </div>
      <div className={classes.address}>
        <TextInput aria-label={name} readOnly value={link.url} onFocus={(event) => event.currentTarget.select()} />
        <Button
          variant="default"
          leftSection={<Copy size={16} strokeWidth={1.75} aria-hidden="true" />}
          onClick={() =>
            void copyText(link.url).then((done) => toast(done ? 'Link copied' : 'This browser did not allow copying'))
          }
        >
          Copy
        </Button>
      </div>
    </div>
  );
}
