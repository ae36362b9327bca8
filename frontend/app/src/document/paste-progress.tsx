import type { PasteProgress } from '../editor/large-paste';
import classes from './paste-progress.module.css';

export function PasteProgressBar({ progress }: { progress: PasteProgress }) {
  return (
    <div className={classes.bar} role="status" data-testid="pasting">
      <span>
        Adding your text… <span className={classes.figure}>{progress.percent} %</span>
      </span>
      <progress value={progress.percent} max={100} aria-label="Adding your text" />
      <button type="button" onClick={progress.cancel}>
        Cancel the rest
      </button>
    </div>
  );
}
