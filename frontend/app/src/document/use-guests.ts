import type { Person } from '@quire/client';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../api';

/**
 * Returns which of the people here are guests. Only REST says so, not the socket: it is asked again whenever somebody comes. Until it
 * answers, or if it does not, nobody is shown as a guest.
 */
export function useGuests(document: string, people: readonly Person[]): ReadonlySet<string> {
  const ids = people.map((person) => person.id).sort();
  const { data } = useQuery({
    queryKey: ['here', document, ids],
    queryFn: () => api.document(document),
    enabled: ids.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  return useMemo(() => {
    const known = [...(data?.present ?? []), ...(data?.members ?? [])];
    return new Set(known.filter((person) => person.guest).map((person) => person.id));
  }, [data]);
}

/** Returns a guest's name as it is shown: "Tomás (guest)". */
export function shownName(person: Person, guests: ReadonlySet<string>): string {
  return guests.has(person.id) ? `${person.name} (guest)` : person.name;
}
