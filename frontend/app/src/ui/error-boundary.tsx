import { Component, type ReactNode } from 'react';
import { reloadPage } from '../leaving';
import { connection } from '../session';
import { Failure } from './plain-page';

/** Shows words and a way back when a component throws, never an empty page. */
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
