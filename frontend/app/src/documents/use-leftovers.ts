import { useSyncExternalStore } from 'react';
import { connection } from '../session';

export interface Left {
  /** Edits not yet sent, from any page of this person on this device. */
  unsent: number;
  /** Edits that couldn't be added and are kept for their author. */
  parked: number;
}

/** Returns, by document, how many edits of this person on this device are not in it. */
export function useLeftovers(): ReadonlyMap<string, Left> {
  const client = connection.get();
  const leftovers = useSyncExternalStore(client.subscribe, () => client.getSnapshot().leftovers);
  return new Map(leftovers.map(({ document, unsent, parked }) => [document, { unsent, parked }]));
}
