import type { Overview } from '@orchestrator/shared/contracts/control-api'
import { componentName, consequenceOf, downComponents, partName } from '../lib/health.ts'
import { Notice } from './notice.tsx'

/** What is down and what that means; what could not be read. Nothing while all is well. */
export function OutageBanners({ overview }: { overview: Overview }) {
  const down = downComponents(overview)
  if (down.length === 0 && overview.unavailable.length === 0) return null
  return (
    <div role="status" className="flex flex-col gap-3">
      {down.map((component) => (
        <Notice
          key={component.name}
          variant="error"
          title={`${componentName(component.name)} is down`}
          description={consequenceOf(component)}
        />
      ))}
      {overview.unavailable.length > 0 ? (
        <Notice
          variant="alert"
          title="Some figures cannot be read right now"
          description={`Missing: ${overview.unavailable.map(partName).join(', ')}.`}
        />
      ) : null}
    </div>
  )
}
