import { assert, asyncProperty, pre } from 'fast-check'
import { afterAll, describe, it } from 'vitest'
import { saysTheSame } from './covered.ts'
import { mutate, mutation } from './mutate.ts'
import { textOf, type Wire } from './reading.ts'
import { neighbours, shifted } from './shift.ts'
import { makeSubjects } from './subjects.ts'

/**
 * No random change of what a sender's proof covers is accepted. `pnpm test:mutations` tries many with a fresh seed, the usual run
 * a few with a fixed one; MUTATION_SEED repeats a run.
 */
const PER_SENDER = Number(process.env['MUTATIONS_PER_SENDER'] ?? 30)
const SEED = Number(process.env['MUTATION_SEED'] ?? (PER_SENDER > 30 ? Date.now() % 0x7fffffff : 20_261_125))

/** Of its body PayPal signs a CRC-32: it covers the body against accidents, and not against whoever wants another one. */
const ONLY_A_CHECKSUM = new Set(['paypal'])

const subjects = await makeSubjects()
let tried = 0

/** Bodies that differ from this one in what no proof covers, for the senders that leave some of it uncovered. */
function bodiesWithOtherWords(request: Wire): Wire[] {
  const text = textOf(request)
  const texts = [text.replace(/"title":"Test"/, '"title":"Forged"'), text.replace(/\}\s*$/, ',"forged":true}'), '{"forged":true}']
  return texts.filter((each) => each !== text).map((each) => ({ ...request, body: new TextEncoder().encode(each) }))
}

describe(`changed at random (seed ${SEED}, ${PER_SENDER} changes a sender)`, () => {
  describe.each(subjects.map((subject) => [subject.name, subject] as const))(
    '%s',
    (_, { preset, request, read, targets, judge }) => {
      const before = read(request)

      it('refuses every change of what its proof covers', async ({ expect }) => {
        expect(await judge(request)).toBe('accepted')
        const property = asyncProperty(mutation, async (given) => {
          const made = mutate(request, targets, given)
          // What says the same in another spelling is no forgery: the same pair twice, the same credentials, white space around.
          pre(made !== undefined && !saysTheSame(before, read(made.changed)))
          tried++
          if ((await judge(made!.changed)) === 'accepted') throw new Error(`accepted with ${made!.what}`)
        })
        await assert(property, { numRuns: PER_SENDER, seed: SEED, maxSkipsPerRun: 500 })
      })

      it('refuses what is signed with its parts divided elsewhere', async ({ expect }) => {
        for (const pair of neighbours(preset)) {
          for (let by = -12; by <= 12; by++) {
            const changed = shifted(request, pair, by)
            if (changed === undefined) continue
            tried++
            expect(await judge(changed).catch(() => 'threw'), `moved by ${by}`).not.toMatch(/accepted|threw/)
          }
        }
      })

      it('covers the body where the preset says so, and elsewhere another body is believed', async ({ expect }) => {
        if (preset.bodyAuthenticated) {
          expect(targets.body).toBe(true)
          return
        }
        const verdicts = await Promise.all(bodiesWithOtherWords(request).map((changed) => judge(changed)))
        expect(verdicts.includes('accepted')).toBe(!ONLY_A_CHECKSUM.has(preset.id))
      })
    },
  )

  afterAll(() =>
    console.log(`${tried} changes tried on ${subjects.length} signed samples; none was accepted unless a test above failed`),
  )
})
