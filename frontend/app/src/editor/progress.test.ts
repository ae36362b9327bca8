import { Delta } from 'quill/core';
import { expect, test } from 'vitest';
import { Progress } from './progress';

const left = (lines: number) => new Delta().retain(10).insert('word\n'.repeat(lines)).delete(lines);

test('P4: how far a long change is shows after a second, never goes back, and is gone with the last of it', () => {
  const told: (number | null)[] = [];
  const progress = new Progress((percent) => told.push(percent));
  progress.at(left(1_000), 5_000);
  progress.at(left(800), 5_900);
  expect(told).toEqual([]);
  progress.at(left(500), 6_000);
  progress.at(left(500), 6_100);
  progress.at(left(750), 6_200); // more came
  progress.at(left(100), 6_500);
  progress.at(new Delta(), 6_600);
  progress.end();
  expect(told).toEqual([47, 85, 99, null]);
  progress.at(left(1_000), 7_000);
  progress.end();
  expect(told).toHaveLength(4);
});
