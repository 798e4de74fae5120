import { Component, type ReactNode } from 'react'
import { CrashPanel } from './crash-panel.tsx'

/** The last net: whatever breaks outside the router still leaves a page that explains itself. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { thrown: unknown; failed: boolean }> {
  override state = { thrown: undefined as unknown, failed: false }

  static getDerivedStateFromError(thrown: unknown) {
    return { thrown, failed: true }
  }

  override render() {
    return this.state.failed ? <CrashPanel thrown={this.state.thrown} /> : this.props.children
  }
}
