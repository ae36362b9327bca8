import { Button, Select, Switch, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ServerInfo } from '../api';
import { whatFailed } from '../documents/use-new-document';
import { toast } from '../ui/toasts';
import classes from './admin-page.module.css';
import { admin, type Settings } from './calls';
import { parseSize, sizeText } from './sizes';

const modes: { value: ServerInfo['signup']; label: string }[] = [
  { value: 'open', label: 'Anybody' },
  { value: 'invite', label: 'Whoever was invited' },
  { value: 'closed', label: 'Nobody: I add people' },
];

const fixed = 'Set where the server is started; it can’t be changed here.';

export function SettingsTab() {
  const { data, isError } = useQuery({ queryKey: ['admin', 'settings'], queryFn: admin.settings });
  if (isError) return <p className={classes.failed}>The settings can’t be loaded right now.</p>;
  if (!data) return <p className={classes.quiet}>Loading…</p>;
  return <Form settings={data} />;
}

function Form({ settings }: { settings: Settings }) {
  const queries = useQueryClient();
  const { signup, quota_user: quota, people_list: people, mail, version } = settings;
  const [text, setText] = useState(quota.value > 0 ? sizeText(quota.value) : '');
  const [error, setError] = useState<string | null>(null);
  const change = async (part: Parameters<typeof admin.changeSettings>[0]) => {
    try {
      await admin.changeSettings(part);
      toast('Changed. It counts from now on.');
    } catch (problem) {
      toast(whatFailed(problem));
    }
    await queries.invalidateQueries({ queryKey: ['admin', 'settings'] });
    await queries.invalidateQueries({ queryKey: ['server'] });
  };
  return (
    <div className={classes.form}>
      <Select
        label="Who may make an account"
        description={signup.from === 'environment' ? fixed : undefined}
        disabled={signup.from === 'environment'}
        data={modes}
        value={signup.value}
        allowDeselect={false}
        onChange={(value) => {
          const mode = modes.find((one) => one.value === value);
          if (mode) void change({ signup: mode.value });
        }}
      />
      <Switch
        label="People can be chosen by name"
        description={
          people.from === 'environment'
            ? fixed
            : 'Whoever shares a document or manages a group sees the names and pictures of all accounts, never an e-mail.'
        }
        disabled={people.from === 'environment'}
        checked={people.value}
        onChange={(event) => void change({ people_list: event.currentTarget.checked })}
      />
      <div className={classes.tools}>
        <TextInput
          className={classes.search ?? ''}
          label="Space of each person"
          description={quota.from === 'environment' ? fixed : 'As in 2 GiB. Left empty, there is no bound.'}
          disabled={quota.from === 'environment'}
          value={text}
          error={error}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setError(null);
          }}
        />
        {quota.from !== 'environment' && (
          <Button
            variant="default"
            onClick={() => {
              const bytes = text.trim() === '' ? 0 : parseSize(text);
              if (bytes === null) return setError('That is no size. 2 GiB is one.');
              void change({ quota_user: bytes });
            }}
          >
            Set the space
          </Button>
        )}
      </div>
      <p className={classes.note}>
        {mail.on
          ? `Letters are sent from ${mail.from}.`
          : 'Mail is off: no mail server is set where the server is started.'}
        <br />
        This is Quire {version}.
      </p>
    </div>
  );
}
