import { Combobox, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Candidate } from '../people';
import { Avatar } from '../ui/avatar';
import { dayMonth } from '../words';
import classes from './person-field.module.css';

interface Props {
  label: string;
  placeholder: string;
  text: string;
  onText: (text: string) => void;
  error: string | null;
  /** The key of the list in the cache, including what `load` depends on. */
  of: readonly string[];
  load: (text: string) => Promise<{ items: Candidate[] }>;
  onChoose: (person: Candidate) => void;
  autoFocus?: boolean;
}

/** A field for e-mail addresses that suggests the people of this server by name. Where that list is turned off, it is a plain field. */
export function PersonField({ label, placeholder, text, onText, error, of, load, onChoose, autoFocus }: Props) {
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() });
  const [settled] = useDebouncedValue(text.trim(), 150);
  const name = /[@,;]/.test(settled) ? null : settled; // an e-mail address is being typed, not a name
  const found = useQuery({
    queryKey: ['candidates', ...of, name],
    queryFn: () => load(name ?? ''),
    enabled: box.dropdownOpened && name !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
  const people = name === null || found.isError ? [] : (found.data?.items ?? []);
  const now = new Date();
  return (
    <Combobox
      store={box}
      onOptionSubmit={(id) => {
        const person = people.find((one) => one.id === id);
        if (person) onChoose(person);
        box.closeDropdown();
      }}
    >
      <Combobox.Target>
        <TextInput
          className={classes.field ?? ''}
          aria-label={label}
          placeholder={placeholder}
          inputMode="email"
          autoComplete="off"
          value={text}
          error={error}
          {...(autoFocus ? { 'data-autofocus': true } : {})}
          onChange={(event) => {
            onText(event.currentTarget.value);
            box.openDropdown();
          }}
          onClick={() => box.openDropdown()}
          onBlur={() => box.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={people.length === 0} className={classes.list ?? ''}>
        <Combobox.Options aria-label="People here">
          {people.map((person) => (
            <Combobox.Option key={person.id} value={person.id} className={classes.person ?? ''}>
              <Avatar
                name={person.name}
                color={person.color}
                size={30}
                look="tinted"
                picture={person.picture ?? null}
              />
              <span className={classes.name}>{person.name}</span>
              <span className={classes.quiet}>
                {person.known ? '' : 'not confirmed, '}here since {dayMonth(new Date(person.created_at), now)}
              </span>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
