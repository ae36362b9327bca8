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
  expect(told).toEqual([47]);
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

test('P4: what is formatted is work, what stays as it is is none', () => {
  const told: (number | null)[] = [];
  const progress = new Progress((percent) => told.push(percent));
  const format = (units: number) => new Delta().retain(1_000_000).retain(units, { bold: true });
  progress.at(format(9_800), 0);
  progress.at(format(4_800), 1_000);
  expect(told).toEqual([50]);
});
