import { useEffect, useState } from 'react';
import { onProofNeeded } from '../proof';

/** Where the provider sends people back to who went there in another tab. */
export const provedPath = '/its-me';

/** What is asked, and what to call when it was answered. */
export interface Asked {
  readonly ways: readonly string[];
  readonly answer: (shown: boolean) => void;
}

/** What a call that waits for proof wants to know; null: none does. A second one waits for the same answer. */
export function useProof(): Asked | null {
  const [asked, setAsked] = useState<Asked | null>(null);
  useEffect(() => {
    let asking: Promise<boolean> | null = null;
    return onProofNeeded((ways) => {
      asking ??= new Promise<boolean>((resolve) => {
        setAsked({
          ways,
          answer: (shown) => {
            asking = null;
            setAsked(null);
            resolve(shown);
          },
        });
      });
      return asking;
    });
  }, []);
  return asked;
}
