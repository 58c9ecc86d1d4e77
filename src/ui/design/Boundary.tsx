import { Component, type ErrorInfo, type ReactNode } from 'react';
import { report } from './report.ts';

interface BoundaryProps {
  readonly children: ReactNode;
  /** What to show instead of a part that failed; `again` tries it once more. */
  readonly fallback: (error: unknown, again: () => void) => ReactNode;
}

/** Keeps the failure of one part from taking the page with it. */
export class Boundary extends Component<BoundaryProps, { readonly error?: unknown; readonly failed: boolean }> {
  override state = { failed: false, error: undefined as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { failed: true, error };
  }

  override componentDidCatch(error: unknown, { componentStack }: ErrorInfo): void {
    report(error, componentStack ?? '');
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return this.props.fallback(this.state.error, () => this.setState({ failed: false, error: undefined }));
  }
}
