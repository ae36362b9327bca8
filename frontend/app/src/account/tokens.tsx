import { Button, Select, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { notRefused, type Refusal, refusalOf } from '../auth/refusals';
import { whatFailed } from '../documents/use-new-document';
import { copyText } from '../ui/copy';
import { focusingWrong } from '../ui/focus-wrong';
import { Refused } from '../ui/refused';
import { toast } from '../ui/toasts';
import classes from './account-dialog.module.css';
import { type ApiToken, account, type MadeWithToken } from './calls';
import { EndToken } from './end-token';
import { chosenScopes, DocumentsField, documentIds, ScopesField } from './token-fields';
import { aboutToken } from './token-words';

const terms = [
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: 'A year' },
];

/** The access tokens of programs that act for this person. A new one is shown once. */
export function Tokens() {
  const queries = useQueryClient();
  const { data, error } = useQuery({ queryKey: ['tokens'], queryFn: account.tokens, refetchOnMount: 'always' });
  const [made, setMade] = useState<string | null>(null);
  const [asking, setAsking] = useState<{ token: ApiToken; made: MadeWithToken[] } | null>(null);
  const end = async (token: ApiToken, made: 'keep' | 'withdraw') => {
    setAsking(null);
    try {
      await account.endToken(token.id, made);
      toast(`“${token.name}” opens nothing any more`);
    } catch (problem) {
      toast(whatFailed(problem));
    }
    void queries.invalidateQueries({ queryKey: ['tokens'] });
  };
  /** Ends it at once, unless it made something that would go on without it. */
  const ask = async (token: ApiToken) => {
    try {
      const { items } = await account.madeWith(token.id);
      if (items.length > 0) return setAsking({ token, made: items });
    } catch (problem) {
      toast(whatFailed(problem));
      return;
    }
    await end(token, 'keep');
  };
  return (
    <section className={classes.section} aria-label="Tokens for programs">
      <h3 className={classes.title}>Tokens for programs</h3>
      <p className={classes.quiet}>A program that has one acts for you, on documents only.</p>
      {error && <p className={classes.quiet}>The list can’t be loaded right now.</p>}
      <ul>
        {data?.items.map((token) => (
          <li key={token.id} className={classes.signIn} data-testid="token">
            <div>
              <p>{token.name}</p>
              <p className={classes.quiet}>{aboutToken(token, new Date())}</p>
            </div>
            <Button
              variant="subtle"
              color="rubric"
              size="sm"
              aria-label={`End ${token.name}`}
              onClick={() => void ask(token)}
            >
              End
            </Button>
          </li>
        ))}
      </ul>
      <EndToken asking={asking} onClose={() => setAsking(null)} onEnd={end} />
      {made ? <Made token={made} onDone={() => setMade(null)} /> : <Make onMade={setMade} />}
    </section>
  );
}

function Make({ onMade }: { onMade: (token: string) => void }) {
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<ApiToken['scopes']>([]);
  const [documents, setDocuments] = useState('');
  const [days, setDays] = useState('90');
  const [refusal, setRefusal] = useState<Refusal<'name' | 'documents'>>(notRefused);
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    if (!name.trim()) return setRefusal({ fields: { name: 'Give it a name, so that you know it later.' }, form: null });
    setBusy(true);
    setRefusal(notRefused);
    try {
      const { token } = await account.makeToken(
        name.trim(),
        chosenScopes(scopes),
        documentIds(documents),
        Number(days),
      );
      setOpen(false);
      setName('');
      setScopes([]);
      setDocuments('');
      onMade(token);
    } catch (problem) {
      setRefusal(refusalOf(problem, 'name', 'documents'));
    }
    setBusy(false);
    void queries.invalidateQueries({ queryKey: ['tokens'] });
  };
  if (!open)
    return (
      <Button variant="default" size="sm" className={classes.fit ?? ''} onClick={() => setOpen(true)}>
        Make a token
      </Button>
    );
  return (
    <form className={classes.form} onSubmit={focusingWrong(submit)} noValidate>
      <Refused>{refusal.form}</Refused>
      <TextInput
        label="What it is for"
        maxLength={80}
        autoFocus
        value={name}
        error={refusal.fields.name ?? null}
        onChange={(event) => {
          setName(event.currentTarget.value);
          setRefusal(notRefused);
        }}
      />
      <ScopesField scopes={scopes} onChange={setScopes} />
      <DocumentsField
        text={documents}
        error={refusal.fields.documents ?? null}
        onChange={(next) => {
          setDocuments(next);
          setRefusal(notRefused);
        }}
      />
      <Select
        label="How long it lasts"
        data={terms}
        value={days}
        allowDeselect={false}
        onChange={(value) => setDays(value ?? '90')}
      />
      <div className={classes.row}>
        <Button type="submit" size="sm" loading={busy}>
          Make it
        </Button>
        <Button variant="default" size="sm" onClick={() => setOpen(false)}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

function Made({ token, onDone }: { token: string; onDone: () => void }) {
  return (
    <div className={classes.made} role="status">
      <p>This is shown once. Copy it now; whoever has it acts for you.</p>
      <TextInput
        aria-label="The token"
        readOnly
        value={token}
        autoFocus
        onFocus={(event) => event.currentTarget.select()}
      />
      <div className={classes.row}>
        <Button
          size="sm"
          onClick={() =>
            void copyText(token).then((done) => toast(done ? 'Token copied' : 'This browser did not allow copying'))
          }
        >
          Copy
        </Button>
        <Button variant="default" size="sm" onClick={onDone}>
          I have it
        </Button>
      </div>
    </div>
  );
}
