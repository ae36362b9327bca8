// Reads cases, one JSON a line, and writes quill-delta's answers, one a line. Started by the differential test.
import { createInterface } from 'node:readline';
import { answer } from './answer.mjs';

for await (const line of createInterface({ input: process.stdin })) {
  const text = JSON.stringify(answer(JSON.parse(line))) + '\n';
  if (!process.stdout.write(text)) await new Promise((resolve) => process.stdout.once('drain', resolve));
}
