import type { Editor } from '../editor/editor';
import type { PasteProgress } from '../editor/large-paste';
import classes from './progress-bar.module.css';
import { useShownBy } from './use-editor';

export function ProgressBars({ editor }: { editor: Editor }) {
  const paste = useShownBy(editor, 'paste');
  const showing = useShownBy(editor, 'showing');
  return (
    <>
      {paste && <PasteProgressBar progress={paste} />}
      {showing && <ShowingProgressBar {...showing} />}
    </>
  );
}

function PasteProgressBar({ progress }: { progress: PasteProgress }) {
  return (
    <ProgressBar words="Adding your text…" percent={progress.percent} testId="pasting">
      <button type="button" onClick={progress.cancel}>
        Cancel the rest
      </button>
    </ProgressBar>
  );
}

/** Shows how much of a long text, or of a long change of others, is displayed, if that takes more than a moment. The user can write
 * meanwhile. */
function ShowingProgressBar({ opening, percent }: { opening: boolean; percent: number }) {
  const words = opening ? 'Opening the text…' : 'Showing what was changed…';
  return <ProgressBar words={words} percent={percent} testId="showing" />;
}

interface Props {
  words: string;
  percent: number;
  testId: string;
  children?: React.ReactNode;
}

function ProgressBar({ words, percent, testId, children }: Props) {
  return (
    <div className={classes.bar} role="status" data-testid={testId}>
      <span>
        {words} <span className={classes.figure}>{percent} %</span>
      </span>
      <progress value={percent} max={100} aria-label={words.replace('…', '')} />
      {children}
    </div>
  );
}
