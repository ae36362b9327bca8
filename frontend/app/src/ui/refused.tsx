import type { ReactNode } from 'react';
import classes from './refused.module.css';

/** Why a form came to nothing, where no field of it is at fault. */
export function Refused({ children }: { children: ReactNode }) {
  if (!children) return null;
  return (
    <p className={classes.refused} role="alert">
      {children}
    </p>
  );
}
