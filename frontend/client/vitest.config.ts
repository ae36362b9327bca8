import { defineConfig } from 'vitest/config';

// Vitest 5 prints failures with Map.groupBy, which Node 20 does not have; without this a failed test is an unreadable one.
const groupable = Map as unknown as {
  groupBy?: (items: Iterable<unknown>, key: (item: unknown) => unknown) => unknown;
};
groupable.groupBy ??= (items, key) => {
  const groups = new Map<unknown, unknown[]>();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
};

export default defineConfig({
  // A test's time is for what hangs, not for a busy machine.
  test: { include: ['src/**/*.test.ts', 'test/**/*.test.ts'], testTimeout: 60_000, hookTimeout: 60_000 },
});
