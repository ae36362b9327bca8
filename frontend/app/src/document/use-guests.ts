import type { Person } from '@quire/client';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../api';

/**
 * Who of those here came by a link with only a name. The socket does not say so, REST does: asked again whenever somebody
 * comes, and never in the way.
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

/** "Tomás (guest)". */
export function shownName(person: Person, guests: ReadonlySet<string>): string {
  return guests.has(person.id) ? `${person.name} (guest)` : person.name;
}
