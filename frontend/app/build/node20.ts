/** Vitest 5 groups the attempts of a failed test with Map.groupBy, which Node 20 does not have: without this a failing test
 * is reported as a fault of Vitest, and nobody sees what failed. */
const map = Map as unknown as { groupBy?: <T, K>(items: Iterable<T>, key: (item: T) => K) => Map<K, T[]> };

map.groupBy ??= (items, key) => {
  const groups = new Map<ReturnType<typeof key>, never[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item as never]);
  return groups as never;
};
