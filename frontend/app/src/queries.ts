import { QueryClient } from '@tanstack/react-query';
import { Problem } from './problem';

/** The cache of REST's answers. A request that got no answer is repeated, one that was refused is not. */
export function createQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        retry: (failures, error) => failures < 2 && !(error instanceof Problem && !error.passing),
        networkMode: 'always',
      },
      mutations: { networkMode: 'always' },
    },
  });
}
