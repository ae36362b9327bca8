import { QueryClient } from '@tanstack/react-query';
import { Problem } from './problem';

/** Answers of REST, cached. What the server refuses is not asked again; what got no answer is. */
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
