import { describe, it } from 'vitest'
import { JOB_STATES } from '../contracts/jobs.ts'
import { CLAIMABLE_STATES, isFinished, JOB_EVENTS, nextState, sqlStates, statesAllowing } from './state-machine.ts'

/** The design's diagram, drawn again by hand: one line an arrow. */
const DIAGRAM = `
scheduled due queued
queued claim running
retrying claim running
running reclaim running
running succeed succeeded
running retry retrying
running defer queued
running hold held
held resume queued
running die dead
dead replay queued
scheduled cancel cancelled
queued cancel cancelled
retrying cancel cancelled
held cancel cancelled
scheduled abandon dead
queued abandon dead
running abandon dead
retrying abandon dead
held abandon dead
scheduled put_back queued
scheduled confirm succeeded
scheduled give_up dead
scheduled withdraw cancelled
queued put_back queued
queued confirm succeeded
queued give_up dead
queued withdraw cancelled
running put_back queued
running confirm succeeded
running give_up dead
running withdraw cancelled
retrying put_back queued
retrying confirm succeeded
retrying give_up dead
retrying withdraw cancelled
held put_back queued
held confirm succeeded
held give_up dead
held withdraw cancelled
`
const arrows = new Map(
  DIAGRAM.trim()
    .split('\n')
    .map((line) => line.split(' ') as [string, string, string])
    .map(([from, event, to]) => [`${from} ${event}`, to]),
)

describe('the state machine of a job', () => {
  for (const state of JOB_STATES) {
    for (const event of JOB_EVENTS) {
      const to = arrows.get(`${state} ${event}`)
      it(`${to ? `goes to ${to}` : 'refuses'} when a ${state} job gets ${event}`, ({ expect }) => {
        expect(nextState(state, event)).toBe(to ?? null)
      })
    }
  }

  it('lets nothing happen by itself to a finished job', ({ expect }) => {
    const finished = JOB_STATES.filter(isFinished)
    expect(finished).toEqual(['succeeded', 'dead', 'cancelled'])
    for (const state of finished) {
      for (const event of JOB_EVENTS.filter((event) => event !== 'replay')) expect(nextState(state, event)).toBeNull()
    }
  })

  it('claims what waits, and nothing that runs or has ended', ({ expect }) => {
    expect(CLAIMABLE_STATES).toEqual(['scheduled', 'queued', 'retrying', 'held'])
    expect(statesAllowing('replay')).toEqual(['dead'])
    expect(sqlStates(statesAllowing('claim'))).toBe("'queued', 'retrying'")
  })
})
