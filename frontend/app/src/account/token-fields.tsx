import { Checkbox, Textarea } from '@mantine/core';
import classes from './account-dialog.module.css';
import type { ApiToken } from './calls';

type Scopes = ApiToken['scopes'];

/** What can be chosen; every token may read. */
const choices = [
  { value: 'write', label: 'Change text and titles, and make documents' },
  { value: 'share', label: 'Share: people, links, invitations' },
  { value: 'delete', label: 'Delete and restore documents' },
] as const;

/** What a token is made for, of what was chosen. Pure. */
export function chosenScopes(scopes: Scopes): Scopes {
  return ['read', ...scopes];
}

/** The ids in what somebody typed: addresses of documents or ids, with anything between. Pure. */
export function documentIds(text: string): string[] {
  const words = text.split(/[\s,;]+/).filter(Boolean);
  return [
    ...new Set(
      words.map(
        (word) =>
          word
            .replace(/[?#].*$/, '')
            .replace(/\/+$/, '')
            .split('/')
            .at(-1) ?? '',
      ),
    ),
  ];
}

export function ScopesField({ scopes, onChange }: { scopes: Scopes; onChange: (scopes: Scopes) => void }) {
  return (
    <Checkbox.Group
      label="What it may do"
      description="It may always read."
      value={scopes}
      onChange={(next) => onChange(next as Scopes)}
    >
      <div className={classes.choices}>
        {choices.map(({ value, label }) => (
          <Checkbox key={value} value={value} label={label} />
        ))}
      </div>
    </Checkbox.Group>
  );
}

export function DocumentsField(props: { text: string; error: string | null; onChange: (text: string) => void }) {
  return (
    <Textarea
      label="Only these documents"
      description="Their addresses, one a line. Left empty: all of yours."
      rows={2}
      value={props.text}
      error={props.error}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    />
  );
}
