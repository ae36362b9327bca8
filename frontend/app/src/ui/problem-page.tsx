import { Button } from '@mantine/core';
import { Problem } from '../problem';
import { Failure, PlainPage, Unreachable } from './plain-page';

/** Says why a page cannot be shown: no answer, a fault of ours, or the server's reason. */
export function ProblemPage({ problem, onRetry }: { problem: unknown; onRetry: () => void }) {
  if (!(problem instanceof Problem) || problem.kind === 'internal' || !problem.detail)
    return <Failure onRetry={onRetry} />;
  if (problem.kind === 'unreachable') return <Unreachable onRetry={onRetry} />;
  return (
    <PlainPage
      heading={problem.title || 'This didn’t work'}
      testId="problem"
      actions={<Button onClick={onRetry}>Try again</Button>}
    >
      <p role="alert">{problem.detail}</p>
    </PlainPage>
  );
}
