import { Popover, Tooltip } from '@mantine/core';
import type { Person } from '@quire/client';
import { listNames } from '../people';
import { Avatar } from '../ui/avatar';
import { toast } from '../ui/toasts';
import { count } from '../words';
import classes from './people.module.css';

interface Props {
  people: readonly Person[];
  /** Offline: it is unknown who is here. */
  unknown: boolean;
  /** Scrolls to somebody's caret. Returns false if they have none. */
  onPoint: (person: string) => boolean;
  /** How many faces to show; a number stands for the rest. */
  most?: number;
}

/** The people who are here. Pressing a face shows where its caret is. */
export function People({ people, unknown, onPoint, most = 5 }: Props) {
  if (people.length === 0) return null;
  const faces = people.length === most + 1 ? people : people.slice(0, most);
  const shown = most === 1 ? people.slice(0, 1) : faces;
  const rest = people.slice(shown.length);
  const look = unknown ? 'grey' : 'solid';
  const point = (person: Person) => {
    if (!onPoint(person.id)) toast(`${person.name} has no caret in the text right now.`);
  };
  return (
    <ul className={classes.people} aria-label={unknown ? 'Who was here' : 'Who is here'} data-testid="people">
      {shown.map((person) => (
        <li key={person.id}>
          <Tooltip label={unknown ? `${person.name}, offline now` : person.name}>
            <button
              type="button"
              className={classes.face}
              aria-label={`Show where ${person.name} is`}
              disabled={unknown}
              onClick={() => point(person)}
            >
              <Avatar name={person.name} color={person.color} size={30} look={look} />
            </button>
          </Tooltip>
        </li>
      ))}
      {rest.length > 0 && (
        <li>
          <Popover position="bottom-end">
            <Popover.Target>
              <button
                type="button"
                className={classes.rest}
                aria-label={`${count(rest.length, 'other')}: ${listNames(rest.map((one) => one.name))}`}
              >
                +{rest.length}
              </button>
            </Popover.Target>
            <Popover.Dropdown>
              <ul className={classes.list}>
                {rest.map((person) => (
                  <li key={person.id}>
                    <button type="button" disabled={unknown} onClick={() => point(person)}>
                      <Avatar name={person.name} color={person.color} size={24} look={look} />
                      {person.name}
                    </button>
                  </li>
                ))}
              </ul>
            </Popover.Dropdown>
          </Popover>
        </li>
      )}
    </ul>
  );
}
