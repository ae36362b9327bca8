import { useQueryClient } from '@tanstack/react-query';
import { whatFailed } from '../documents/use-new-document';
import { toast } from '../ui/toasts';

/** Returns a function that runs an action and shows its result in a toast. */
export type Act = (change: () => Promise<string | null>) => Promise<void>;

/** The administration's data is fetched again after each change, even one that failed. */
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
