import type { ConfigChange } from '@orchestrator/shared/contracts/change'
import type { Colours } from './colours.ts'
import { printable } from './printable.ts'
import { counted } from './time.ts'

/** Longer values get lines of their own. */
const INLINE_WIDTH = 60

/** Changes as `terraform plan` would show them: `+` created, `~` updated with its fields, `-` deleted; then how many of each. */
export function showChanges(changes: readonly ConfigChange[], colours: Colours): string {
  const { added, changed, removed, bold } = colours
  const lines: string[] = []
  for (const { kind, id, change, fields } of changes) {
    const title = kind === id ? bold(kind) : `${kind} ${bold(printable(id))}`
    if (change === 'created') lines.push(`  ${added('+')} ${title}`)
    else if (change === 'deleted') lines.push(`  ${removed('-')} ${title}`)
    else lines.push(`  ${changed('~')} ${title}`, ...fields.flatMap((field) => showField(field, colours)))
  }
  return [...lines, '', `${summary(changes)}.`, ''].join('\n')
}

/** What follows, a sentence a line; empty where nothing does. */
export function showEffects(effects: readonly string[]): string {
  return effects.length === 0 ? '' : `\nEffects\n${effects.map((effect) => `  • ${printable(effect)}\n`).join('')}`
}

function summary(changes: readonly ConfigChange[]): string {
  const of = (change: ConfigChange['change']): number => changes.filter((each) => each.change === change).length
  return `${of('created')} created, ${of('updated')} updated, ${of('deleted')} deleted (${counted(changes.length, 'change')})`
}

function showField(field: ConfigChange['fields'][number], { added, removed, dim }: Colours): string[] {
  const [before, after] = [valueText(field.before), valueText(field.after)]
  const path = printable(field.path)
  if (before.length + after.length <= INLINE_WIDTH) return [`      ${path}: ${removed(before)} ${dim('→')} ${added(after)}`]
  return [`      ${path}:`, `        ${removed(`- ${before}`)}`, `        ${added(`+ ${after}`)}`]
}

function valueText(value: unknown): string {
  return value === undefined ? '(not set)' : printable(JSON.stringify(value))
}
