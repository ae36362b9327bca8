import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Ellipsis } from 'lucide-react';
import { useState } from 'react';
import type { Me } from '../api';
import { ActionMenu } from '../ui/action-menu';
import { Avatar } from '../ui/avatar';
import { IconButton } from '../ui/icon-button';
import { ago, count } from '../words';
import { AddPerson } from './add-person';
import classes from './admin-page.module.css';
import { admin, type PersonListed } from './calls';
import { Paged } from './paged';
import { DeletePerson, QuotaDialog, SuspendPerson } from './person-dialogs';
import { PersonSignIns } from './person-sign-ins';
import { ResetPassword } from './reset-password';
import { size } from './sizes';
import { type Act, useAct } from './use-act';

export function PeopleTab({ me }: { me: Me }) {
  const act = useAct();
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search.trim(), 200);
  const [adding, setAdding] = useState(false);
  const list = useInfiniteQuery({
    queryKey: ['admin', 'people', settled],
    queryFn: ({ pageParam }) => admin.people(settled, pageParam),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const people = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <div className={classes.tools}>
        <TextInput
          className={classes.search ?? ''}
          aria-label="Search people"
          placeholder="Search people"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
        />
        <Button onClick={() => setAdding(true)}>Add a person</Button>
      </div>
      <Paged list={list} empty={people.length === 0 ? `Nobody found for “${settled}”.` : null}>
        <ul>
          {people.map((person) => (
            <Row key={person.id} person={person} me={me} act={act} />
          ))}
        </ul>
      </Paged>
      <AddPerson opened={adding} onClose={() => setAdding(false)} onAdded={() => void act(async () => null)} />
    </>
  );
}

type Asking = 'sign-ins' | 'quota' | 'password' | 'suspend' | 'delete' | null;

function Row({ person, me, act }: { person: PersonListed; me: Me; act: Act }) {
  const [asking, setAsking] = useState<Asking>(null);
  const mine = person.id === me.id;
  const close = () => setAsking(null);
  const account = !person.guest && !person.application;
  const suspended = person.suspended_at !== null;
  return (
    <li className={classes.row} data-testid="person">
      <Avatar
        name={person.name}
        color={person.color}
        size={36}
        look={suspended ? 'grey' : 'tinted'}
        picture={person.picture ?? null}
      />
      <div className={classes.who}>
        <p className={classes.name}>
          {person.name} {mine && <span className={classes.quiet}>(you)</span>}
        </p>
        <p className={classes.quiet}>{about(person, new Date())}</p>
      </div>
      <p className={classes.figure}>
        {count(person.documents, 'document')}
        <br />
        <span className={classes.quiet}>{size(person.bytes)}</span>
      </p>
      <ActionMenu
        title={person.name}
        actions={[
          { id: 'sign-ins', label: 'Sign-ins…', onSelect: () => setAsking('sign-ins') },
          ...(account
            ? [
                {
                  id: 'password',
                  label: 'New password…',
                  disabled: mine || suspended,
                  onSelect: () => setAsking('password'),
                },
                ...(person.known
                  ? []
                  : [
                      {
                        id: 'known',
                        label: 'Confirm who it is',
                        onSelect: () =>
                          void act(async () => {
                            await admin.changePerson(person.id, { known: true });
                            return `Invitations to ${person.email} find ${person.name} now`;
                          }),
                      },
                    ]),
              ]
            : []),
          { id: 'quota', label: 'Space…', onSelect: () => setAsking('quota') },
          {
            id: 'admin',
            label: person.admin ? 'No longer administrator' : 'Make administrator',
            disabled: mine || !account || suspended,
            onSelect: () =>
              void act(async () => {
                await admin.changePerson(person.id, { admin: !person.admin });
                return person.admin ? `${person.name} is no administrator now` : `${person.name} is administrator now`;
              }),
          },
          ...(account
            ? [
                {
                  id: 'suspend',
                  label: suspended ? 'No longer suspended' : 'Suspend…',
                  apart: true,
                  disabled: mine,
                  onSelect: () =>
                    suspended
                      ? void act(async () => {
                          await admin.changePerson(person.id, { suspended: false });
                          return `${person.name} can sign in again`;
                        })
                      : setAsking('suspend'),
                },
              ]
            : []),
          {
            id: 'delete',
            label: 'Delete…',
            danger: true,
            apart: !account,
            disabled: mine,
            onSelect: () => setAsking('delete'),
          },
        ]}
      >
        <IconButton label={`More about ${person.name}`} icon={Ellipsis} />
      </ActionMenu>
      <PersonSignIns person={person} opened={asking === 'sign-ins'} onClose={close} act={act} />
      <ResetPassword person={person} opened={asking === 'password'} onClose={close} />
      <SuspendPerson person={person} opened={asking === 'suspend'} onClose={close} act={act} />
      <QuotaDialog person={person} opened={asking === 'quota'} onClose={close} act={act} />
      <DeletePerson person={person} opened={asking === 'delete'} onClose={close} act={act} />
    </li>
  );
}

function about(person: PersonListed, now: Date): string {
  const seen =
    person.last_seen_at === null ? 'not signed in' : `seen ${ago(new Date(person.last_seen_at), now).toLowerCase()}`;
  const state = person.suspended_at !== null ? 'suspended' : person.email && !person.known ? 'not confirmed' : null;
  const what = person.guest ? 'Guest' : person.application ? 'From an application' : (person.email ?? '');
  return [person.admin ? 'Administrator' : null, what, state, seen].filter(Boolean).join(' · ');
}
