import { describe, expect, it } from 'vitest';
import { parseAddresses } from './addresses';

describe('addresses as people type them', () => {
  it.each([
    ['ada@example.org', ['ada@example.org'], []],
    ['ada@example.org, bob@example.org;cy@example.org', ['ada@example.org', 'bob@example.org', 'cy@example.org'], []],
    ['ada@example.org bob@example.org\ncy@example.org', ['ada@example.org', 'bob@example.org', 'cy@example.org'], []],
    ['Ada Lindqvist <ada@example.org>, Bob <bob@example.org>', ['ada@example.org', 'bob@example.org'], []],
    ['ada@example.org, ADA@example.org', ['ada@example.org'], []],
    ['  ,, ', [], []],
    ['ada@example', [], ['ada@example']],
    ['ada, bob@example.org', ['bob@example.org'], ['ada']],
    ['ada@@example.org', [], ['ada@@example.org']],
    [`${'a'.repeat(250)}@example.org`, [], [`${'a'.repeat(250)}@example.org`]],
  ])('%s', (text, addresses, wrong) => {
    expect(parseAddresses(text)).toEqual({ addresses, wrong });
  });
});
