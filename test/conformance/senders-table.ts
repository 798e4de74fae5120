import type { Preset } from '@orchestrator/shared/contracts/preset'
import { findSenderNotes } from '@orchestrator/shared/verification/presets/guides'
import { PRESETS } from '@orchestrator/shared/verification/presets/index'
import type { Replayed } from '../vectors/replay.ts'
import { howDuplicatesAreTold, howItSigns } from './describe-preset.ts'
import { vendorCases } from './vendors/index.ts'
import type { VendorCase } from './vendors/vendor-case.ts'

/** What recorded requests of one sender came to, in a run. */
interface Counts {
  /** Accepted, and refused, as the code that checked the line does. */
  accepted: number
  refused: number
  /** Refused although that code would take it; and the reverse, where either answer is safe. */
  stricter: number
  laxer: number
}

interface Proof {
  vendorCase: VendorCase | undefined
  /** Lines that the vendor's own code made or checked: npm packages, repositories, samples of its documentation. */
  vendor: Counts
  /** Lines that somebody else's code checked. */
  others: Counts
  /** Lines that follow the documentation and that nobody's code checked, handshakes left out. */
  documented: number
  handshakes: number
}

const VENDORS_CODE = new Set([
  'generated-checked-by-vendor-npm',
  'generated-checked-by-vendor-repo-code',
  'generated-checked-by-vendor-docs-sample',
])
const NONE: Counts = { accepted: 0, refused: 0, stricter: 0, laxer: 0 }

/** The text of `docs/senders.md`, made of the presets, of the vendors' packages in use, and of what a run of the vectors came to. */
export function sendersMarkdown(run: readonly Replayed[]): string {
  const rows = PRESETS.map((preset) => ({ preset, proof: proofOf(preset, run) }))
  return [...introduction(rows.map(({ proof }) => proof)), ...table(rows), ''].join('\n')
}

function proofOf({ id }: Preset, run: readonly Replayed[]): Proof {
  const lines = run.filter(({ vector }) => vector.provider === id)
  const failed = lines.find(({ problem }) => problem !== undefined)
  if (failed) throw new Error(`${id}, ${failed.vector.case}: ${failed.problem}`)
  const events = lines.filter(({ vector }) => vector.expect !== 'challenge')
  const checked = events.filter(({ vector }) => vector.vendor_verdict === 'accept' || vector.vendor_verdict === 'reject')
  const byVendor = checked.filter(({ vector }) => VENDORS_CODE.has(vector.origin ?? ''))
  return {
    vendorCase: vendorCases.find(({ preset }) => preset === id),
    vendor: byVendor.reduce(count, NONE),
    others: checked.filter((line) => !byVendor.includes(line)).reduce(count, NONE),
    documented: events.length - checked.length,
    handshakes: lines.length - events.length,
  }
}

function count(counts: Counts, { vector, verdict }: Replayed): Counts {
  const same = verdict === vector.vendor_verdict
  if (same)
    return verdict === 'accept' ? { ...counts, accepted: counts.accepted + 1 } : { ...counts, refused: counts.refused + 1 }
  return verdict === 'accept' ? { ...counts, laxer: counts.laxer + 1 } : { ...counts, stricter: counts.stricter + 1 }
}

function sum(counts: Counts): number {
  return counts.accepted + counts.refused + counts.stricter + counts.laxer
}

function introduction(proofs: readonly Proof[]): string[] {
  const own = proofs.filter(({ vendorCase }) => vendorCase && !vendorCase.thirdParty)
  const signing = own.filter(({ vendorCase }) => vendorCase?.mode === 'vendor-signs')
  const byRecords = proofs.filter((proof) => !own.includes(proof) && sum(proof.vendor) > 0)
  const byOthers = proofs.filter(
    (proof) => !own.includes(proof) && !byRecords.includes(proof) && (proof.vendorCase !== undefined || sum(proof.others) > 0),
  )
  const documented = proofs.filter((proof) => ![...own, ...byRecords, ...byOthers].includes(proof))
  const total = proofs.map(({ vendor }) => vendor).reduce((all, each) => all + sum(each), 0)
  const others = proofs.map(({ others }) => others).reduce((all, each) => all + sum(each), 0)
  const formula = proofs.reduce((all, { documented }) => all + documented, 0)
  const handshakes = proofs.reduce((all, { handshakes }) => all + handshakes, 0)
  return [
    '# Senders',
    '',
    '<!-- Made by `pnpm generate:senders` from the presets and from a run of the tests. Not edited by hand. -->',
    '',
    `${proofs.length} senders have a preset: a file of data in \`packages/shared/src/verification/presets\`, and for ${Object.keys(codeSchemes(PRESETS)).length} of`,
    'them a module beside it in `schemes`. Every other sender can be described in the same data as a custom provider.',
    '',
    '## What is proven, and by what',
    '',
    'Two implementations that agree prove more than one that agrees with itself. So for as many senders as have code of their own,',
    'that code is the judge:',
    '',
    '| proof | senders | what it means |',
    '| --- | --- | --- |',
    `| the vendor’s own npm package signs | ${signing.length} | its code makes the request; the running ingress accepts it, and refuses it with one character changed and under another secret |`,
    `| the vendor’s own npm package verifies | ${own.length - signing.length} | the test signs by the documented formula; the package and the running ingress accept the request, and both refuse it with one character changed |`,
    `| recorded requests that the vendor’s code made or checked | ${byRecords.length} | no package in the tests, but its library in another language, or the sample in its documentation, judged recorded requests, which are replayed |`,
    `| somebody else’s code | ${byOthers.length} | a general JWT library, a framework or the reference of a standard that the vendor says it follows |`,
    `| the documentation only | ${documented.length} | requests made by the documented formula, or only our own signer: nobody’s code but ours has judged them |`,
    '',
    'Each sender is counted once, by its strongest proof; the table below names all of them. *Vectors* are recorded requests in',
    '`test/vectors/fixtures`, replayed through the running ingress with the clock at the time they were recorded:',
    `${total} judged by the vendors’ own code, ${others} by somebody else’s, ${formula} made from documentation, ${handshakes} handshakes.`,
    '`9 + 14` says: 9 accepted and 14 refused, as that code does. *Stricter*: refused here though that code would take it, which the',
    'sender does not send. *Either*: taken here though that code would not, where both answers are safe.',
    '',
    'For every sender besides: its sample is signed with fresh keys and goes through the running ingress, id and type are found in it,',
    'and random changes of whatever its proof covers are refused (`pnpm test:mutations`).',
    '',
    '**What is not proven.** No live account of any sender stands behind these tests: what a vendor really sends today may differ from',
    'its own package and documentation. Packages are pinned; a newer one is tried when the pin is moved. Retries and deadlines are',
    'what the senders write, and not tested. Packages judge what they sign and not what they leave to the receiver: the notes below',
    'the table.',
    '',
    '## The table',
    '',
    '*Body* says whether what is proven covers the body. Where it does not, whoever knows the token, or saw one signature, can send any',
    'body: fetch the object from the sender before you act on it. *Duplicates* names what makes two deliveries the same.',
    '',
  ]
}

function codeSchemes(presets: readonly Preset[]): Record<string, true> {
  const data = new Set(['signature', 'token', 'jwt', 'none'])
  const own = presets.flatMap(({ verification: { scheme } }) => (data.has(scheme) ? [] : [scheme]))
  return Object.fromEntries(own.map((scheme) => [scheme, true]))
}

function table(rows: readonly { preset: Preset; proof: Proof }[]): string[] {
  const noted = rows.flatMap(({ proof: { vendorCase } }) => (vendorCase?.note === undefined ? [] : [vendorCase]))
  const head = ['sender', 'preset', 'how it signs', 'body', 'duplicates', 'handshakes', 'proven by', 'sends again', 'waits']
  return [
    row(head),
    row(head.map(() => '---')),
    ...rows.map(({ preset, proof }) => {
      const { guide } = findSenderNotes(preset.id)!
      return row([
        `[${preset.title}](${guide.docsUrl})`,
        `\`${preset.id}\``,
        howItSigns(preset),
        preset.bodyAuthenticated ? 'yes' : '**no**',
        howDuplicatesAreTold(preset.dedupe),
        preset.handshakes.join(', ') || '–',
        provenBy(proof),
        guide.retries,
        guide.deadlineSeconds === null ? 'not said' : `${guide.deadlineSeconds} s`,
      ])
    }),
    '',
    '## Notes on packages',
    '',
    ...noted.map(({ preset, package: name, note }) => `- \`${preset}\`, \`${name}\`: ${note}.`),
  ]
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function provenBy({ vendorCase, vendor, others, documented, handshakes }: Proof): string {
  const said = [
    ...(vendorCase === undefined ? [] : [packageWords(vendorCase)]),
    ...(sum(vendor) === 0 ? [] : [`vectors ${countWords(vendor)} by the vendor’s code`]),
    ...(sum(others) === 0 ? [] : [`vectors ${countWords(others)} by others’ code`]),
    ...(documented === 0 ? [] : [`${documented} ${documented === 1 ? 'vector' : 'vectors'} from documentation`]),
    ...(handshakes === 0 ? [] : [`${handshakes} ${handshakes === 1 ? 'handshake' : 'handshakes'}`]),
  ]
  const judged = vendorCase !== undefined || sum(vendor) + sum(others) > 0
  return [...(judged ? [] : ['documentation only']), ...said].join('; ')
}

function packageWords({ package: name, mode, thirdParty }: VendorCase): string {
  const whose = thirdParty ? ' (not the vendor’s)' : ''
  return `\`${name}\`${whose} ${mode === 'vendor-signs' ? 'signs' : 'verifies'}`
}

function countWords({ accepted, refused, stricter, laxer }: Counts): string {
  const more = [...(stricter === 0 ? [] : [`${stricter} stricter`]), ...(laxer === 0 ? [] : [`${laxer} either`])]
  return `${accepted} + ${refused}${more.length === 0 ? '' : ` (${more.join(', ')})`}`
}
