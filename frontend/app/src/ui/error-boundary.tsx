import { Component, type ReactNode } from 'react';
import { reloadPage } from '../leaving';
import { connection } from '../session';
import { Failure } from './plain-page';

/** What remains when our own code throws while drawing: words and a way back, never an empty page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    if (!this.state.failed) return this.props.children;
    return <Failure onRetry={reloadPage} unsent={connection.unsent()} />;
  }
}
