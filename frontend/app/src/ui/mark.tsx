import classes from './mark.module.css';

/** Quire's logo: a ring whose tail is a text caret. Below 20 px the caret has no foot. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 32 32"
      fill="none"
      strokeLinecap="round"
      aria-hidden="true"
      className={classes.mark}
    >
      <circle cx="14.5" cy="14.5" r="10.6" strokeWidth="3.4" className={classes.ring} />
      <path d="M21.6 17.6v12.8" strokeWidth="6.6" className={classes.gap} />
      <path
        d={size < 20 ? 'M21.6 17.6v12.8' : 'M21.6 17.6v12.8M18.6 30.4h6'}
        strokeWidth="2.8"
        className={classes.caret}
      />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className={classes.wordmark}>
      <Mark />
      <span>Quire</span>
    </span>
  );
}
