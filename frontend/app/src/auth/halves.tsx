import type { ReactNode } from 'react';
import { Wordmark } from '../ui/mark';
import classes from './halves.module.css';

/** The layout of signing in and up: on the left the promise, shown as a document with two people in it; on the right the form. */
export function Halves({ children }: { children: ReactNode }) {
  return (
    <div className={classes.halves}>
      <section className={classes.desk} aria-label="Quire">
        <header className={classes.mark}>
          <Wordmark />
        </header>
        <p className={classes.sentence}>
          Write together in one{' '}
          <span className={`${classes.selected} c1`}>
            document
            <Caret name="Mara" color={1} />
          </span>
          . When it says saved
          <Caret name="Ilja" color={2} quiet />, it is saved.
        </p>
        <p className={classes.foot}>On your own server: {location.host}</p>
      </section>
      <main className={classes.sheet}>
        <div className={classes.form}>{children}</div>
      </main>
    </div>
  );
}

function Caret({ name, color, quiet = false }: { name: string; color: number; quiet?: boolean }) {
  return (
    <span className={`${classes.caret} c${color}`} aria-hidden="true">
      <span className={classes.line}>
        <span className={classes.flag} data-quiet={quiet || undefined}>
          {name}
        </span>
      </span>
    </span>
  );
}
