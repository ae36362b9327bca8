import { useQueryClient } from '@tanstack/react-query';
import { whatFailed } from '../documents/use-new-document';
import { toast } from '../ui/toasts';

/** Does something and says what came of it, in a toast. */
export type Act = (change: () => Promise<string | null>) => Promise<void>;

/** What administration shows is asked for again after each change, also after one that failed. */
export function useAct(): Act {
  const queries = useQueryClient();
  return async (change) => {
    try {
      const done = await change();
      if (done) toast(done);
    } catch (problem) {
      toast(whatFailed(problem));
    }
    await queries.invalidateQueries({ queryKey: ['admin'] });
  };
}
