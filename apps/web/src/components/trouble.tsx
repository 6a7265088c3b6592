/** What stands on a screen that could not be shown, and while it is on its way. */
import { Component, type ReactNode } from 'react'
import { ApiError, messageOf } from '../api/error.ts'
import { Button } from './button.tsx'
import { LogoMark } from './logo.tsx'

export const Trouble = ({ title, children, action }: { title: string; children: ReactNode; action?: ReactNode }) => (
  <div className="empty">
    <LogoMark size={56} />
    <h2>{title}</h2>
    <p>{children}</p>
    {action}
  </div>
)

/** A failed load: says why, and offers to try again if that may help. */
export const LoadTrouble = ({ error, retry }: { error: unknown; retry: () => void }) => (
  <Trouble
    title={error instanceof ApiError && error.status === 404 ? 'Not here' : 'That did not load'}
    action={
      <Button kind="primary" onClick={retry}>
        Try again
      </Button>
    }
  >
    {messageOf(error)}
  </Trouble>
)

export const Skeletons = ({ heights }: { heights: readonly number[] }) => (
  <div className="stack" aria-busy="true">
    <span className="visually-hidden" role="status">
      Loading …
    </span>
    {heights.map((height, index) => (
      // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes.
      <div className="skeleton" key={index} style={{ height }} />
    ))}
  </div>
)

/** A fault of ours, or a part of the page that did not load after an update: a reload helps with both. */
export class Boundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    if (!this.state.failed) return this.props.children
    return (
      <main id="main" className="page">
        <Trouble
          title="This page stumbled"
          action={
            <Button kind="primary" onClick={() => location.reload()}>
              Reload
            </Button>
          }
        >
          Nothing that you sent is lost. Reload to go on where you were.
        </Trouble>
      </main>
    )
  }
}
