import type { ComponentHealth, Overview } from '@orchestrator/shared/contracts/control-api'

/** What still works while a component is down: the rows of the design's blast-radius table, for the person on call. */
const CONSEQUENCES: readonly { name: RegExp; text: string }[] = [
  {
    name: /^execution$/i,
    text: 'Webhooks are still accepted and stored. Jobs wait in their queues and go on by themselves once it is back.',
  },
  { name: /^ingress$/i, text: 'No webhooks arrive; senders retry. Jobs that were accepted before go on.' },
  { name: /^data/i, text: 'Webhooks are accepted into the fallback store. Lists below may be incomplete.' },
  { name: /^control_?db$/i, text: 'Webhooks and jobs go on with the last configuration they know.' },
  { name: /queue/i, text: 'Accepted jobs are kept in the database; the sweep sends them later.' },
  { name: /^(?:payloads|r2)/i, text: 'Large payloads cannot be read or stored.' },
]

/** What it means that this component is down. */
export function consequenceOf(component: Pick<ComponentHealth, 'name'>): string {
  return CONSEQUENCES.find(({ name }) => name.test(component.name))?.text ?? 'Everything else goes on.'
}

/** The components that are down. */
export function downComponents(overview: Pick<Overview, 'components'>): ComponentHealth[] {
  return overview.components.filter((component) => component.status === 'down')
}

/** A part of the overview that could not be read, in words. */
export function partName(part: string): string {
  if (part === 'jobs') return 'the number of jobs'
  if (part === 'deadLetters') return 'the number of dead letters'
  return part.startsWith('queues.') ? `the backlog of ${part.slice('queues.'.length)}` : part
}

/** A component's name as people write it. */
export function componentName(name: string): string {
  return /^[a-z][a-z-]*$/.test(name) ? `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll('-', ' ')}` : name
}
