import { Button, Popover } from '@mantine/core';
import type { QuireDocument, ShownState } from '@quire/client';
import { Check, CloudOff, Eye, TriangleAlert } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { copyText, downloadText } from '../ui/copy';
import { toast } from '../ui/toasts';
import { untitled } from '../words';
import classes from './state-chip.module.css';
import { type ChipLook, chipOf, explain } from './status';
import { useEachState } from './use-shown-state';

interface FaceProps {
  document: QuireDocument;
  shown: ShownState;
  short?: boolean;
}

/** The state of the text as an icon and a word. It subscribes to that state itself, so that nothing else on the page renders with each
 * key. */
export function ChipFace({ document, shown, short = false }: FaceProps) {
  const snapshot = useSyncExternalStore(document.subscribe, document.getSnapshot);
  const chip = chipOf(useEachState(shown), snapshot.loaded);
  // `data-state` is without the delays of what is shown; tests read it.
  const { state } = snapshot;
  return (
    <span
      className={classes.face}
      data-look={chip.look}
      data-short={short || undefined}
      data-testid="state"
      data-state={snapshot.loaded ? state.kind : 'opening'}
      data-edits={'edits' in state ? state.edits : 0}
      data-revision={snapshot.revision}
    >
      <Icon look={chip.look} />
      <span>{short ? chip.short : chip.text}</span>
    </span>
  );
}

function Icon({ look }: { look: ChipLook }) {
  const size = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
  switch (look) {
    case 'saved':
      return <Check {...size} />;
    case 'offline':
      return <CloudOff {...size} />;
    case 'read-only':
      return <Eye {...size} />;
    case 'error':
      return <TriangleAlert {...size} />;
    case 'opening':
    case 'saving':
      return <span className={classes.ring} aria-hidden="true" />;
  }
}

interface ExplainedProps {
  document: QuireDocument;
  shown: ShownState;
  title: string;
  text: () => string;
}

/** Explains the state, and offers to save the text elsewhere whatever happens. */
export function StateExplained({ document, shown, title, text }: ExplainedProps) {
  const snapshot = useSyncExternalStore(document.subscribe, document.getSnapshot);
  const state = useEachState(shown);
  return (
    <div className={classes.explained}>
      <p>{explain(state, snapshot)}</p>
      {snapshot.loaded && (
        <div className={classes.actions}>
          <Button
            variant="subtle"
            size="sm"
            onClick={() =>
              void copyText(text()).then((done) => toast(done ? 'Text copied' : 'This browser did not allow copying'))
            }
          >
            Copy text
          </Button>
          <Button variant="subtle" size="sm" onClick={() => downloadText(title || untitled, text())}>
            Download
          </Button>
        </div>
      )}
    </div>
  );
}

export function StateChip(explained: ExplainedProps) {
  return (
    <Popover position="bottom-start" width={300} trapFocus returnFocus>
      <Popover.Target>
        <button type="button" className={classes.chip} aria-haspopup="dialog">
          <ChipFace document={explained.document} shown={explained.shown} />
        </button>
      </Popover.Target>
      <Popover.Dropdown aria-label="What this means">
        <StateExplained {...explained} />
      </Popover.Dropdown>
    </Popover>
  );
}
