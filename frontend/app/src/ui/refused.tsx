import type { ReactNode } from 'react';
import classes from './refused.module.css';

/** Says why a form was refused, if no field is at fault. */
export function Refused({ children }: { children: ReactNode }) {
  if (!children) return null;
  return (
    <p className={classes.refused} role="alert">
      {children}
    </p>
  );
}
