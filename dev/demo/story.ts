import { randomUUID } from 'node:crypto'
import type { StackClient } from '../lib/stack-client.ts'
import { brokenBilling } from './broken-billing.ts'
import { happyPath } from './happy-path.ts'
import type { Storyteller } from './storyteller.ts'

/** The whole story: a Stripe event changes a subscription; then billing is down, the job dies, and an operator brings it back. */
export async function tellStory(teller: Storyteller, stack: StackClient): Promise<void> {
  // Names of its own, so that the story can be told again on the same state.
  const name = randomUUID().slice(0, 8)
  await stack.setBilling({ mode: 'ok' })
  await happyPath(teller, stack, `sub_demo_${name}_a`)
  try {
    await brokenBilling(teller, stack, `sub_demo_${name}_b`)
  } finally {
    await stack.setBilling({ mode: 'ok' })
  }
}
