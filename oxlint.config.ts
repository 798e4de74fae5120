import { defineConfig } from 'oxlint'

/**
 * The dependency rule of the design (docs/architecture.md) as lint: who may import whom, and which rooms are pure.
 * test/architecture shows each of these rules failing on a violation.
 */

const LAYERS = {
  core: 0,
  contracts: 1,
  telemetry: 1,
  verification: 1,
  policy: 1,
  egress: 1,
  expressions: 1,
  db: 2,
  config: 2,
  jobs: 2,
  inbox: 2,
  operations: 2,
  audit: 2,
  access: 2,
  secrets: 2,
  keys: 2,
  payloads: 2,
  idempotency: 2,
  lists: 2,
  http: 3,
} as const

type Room = keyof typeof LAYERS

/** Rooms without env, fetch, clock, randomness or framework: those arrive as arguments. */
const PURE_ROOMS: readonly Room[] = ['core', 'contracts', 'verification', 'policy', 'egress', 'expressions']

const TESTS = ['**/*.test.ts', '**/*.test.tsx', '**/*-tests.ts', 'test/**', '**/src/testing/**']

type Ban = { regex: string; message: string } | { group: string[]; message: string }

const noTesting: Ban = { regex: '(^|/)testing/', message: 'Only tests import the testing room.' }
const noPlatform: Ban = {
  regex: '^(hono|drizzle-orm|cloudflare:|toucan-js)',
  message: 'This room is pure: platform and frameworks arrive as arguments.',
}
const noOtherWorker: Ban = {
  regex: '^(@orchestrator/(ingress|execution|control|console)|(\\.\\./)+(workers/)?(ingress|execution|control|console))(/|$)',
  message: 'A Worker never imports another Worker: they meet in queue messages, service bindings and Durable Object stubs.',
}
const noNeighbour: Ban = { regex: '^\\.\\./', message: 'The core room imports nothing but itself.' }
const onlyZod: Ban = { regex: '^([^.z]|\\.\\./([^c]|c[^o]))', message: 'Contracts import only zod.' }
const onlyContracts: Ban = {
  group: ['@orchestrator/shared/**', '!@orchestrator/shared/contracts/**'],
  message: 'The web app imports only contracts from the shared package.',
}
const onlyWhatIsPure: Ban = {
  group: [
    '@orchestrator/**',
    '!@orchestrator/shared/contracts/**',
    '!@orchestrator/shared/core/**',
    '!@orchestrator/shared/audit/{verify-export,signed-head,signing-key}',
  ],
  message: 'The command line imports contracts, core, and the verifier of audit exports.',
}
const noDrizzleAtRuntime: Ban = { regex: '^drizzle-orm', message: 'Drizzle is for the schemas in packages/shared/src/db.' }

function higherRooms(room: Room): Ban {
  const higher = (Object.keys(LAYERS) as Room[]).filter((other) => LAYERS[other] > LAYERS[room])
  return { regex: `^\\.\\./(${higher.join('|')})/`, message: 'A room imports only rooms of its own layer or below.' }
}

function bans(...patterns: Ban[]) {
  return { 'no-restricted-imports': ['error', { patterns }] } as const
}

const pure = {
  'no-restricted-globals': ['error', { name: 'fetch', message: 'This room is pure: take a function as an argument.' }],
  'no-restricted-properties': [
    'error',
    { object: 'Date', property: 'now', message: 'This room is pure: take `now` as an argument.' },
    { object: 'Math', property: 'random', message: 'This room is pure: take `random` as an argument.' },
  ],
} as const

const roomOverrides = (Object.keys(LAYERS) as Room[]).map((room) => ({
  files: [`packages/shared/src/${room}/**/*.ts`],
  excludeFiles: TESTS,
  rules: {
    ...bans(
      noTesting,
      ...(LAYERS[room] < 3 ? [higherRooms(room)] : []),
      ...(room === 'core' ? [noNeighbour] : []),
      ...(room === 'contracts' ? [onlyZod] : []),
      ...(PURE_ROOMS.includes(room) ? [noPlatform] : []),
      ...(room === 'db' ? [] : [noDrizzleAtRuntime]),
    ),
    ...(PURE_ROOMS.includes(room) ? pure : {}),
  },
}))

export default defineConfig({
  plugins: ['typescript', 'import', 'unicorn', 'promise', 'vitest', 'react'],
  categories: { correctness: 'error', suspicious: 'error' },
  ignorePatterns: ['**/dist/**', '**/node_modules/**', '**/worker-configuration.d.ts', '.state/**'],
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/only-throw-error': 'error',
    'import/no-default-export': 'error',
    'no-console': 'error',
    'max-lines': ['error', { max: 300 }],
    'vitest/no-focused-tests': 'error',
    'vitest/no-disabled-tests': 'error',
    'no-await-in-loop': 'off',
    'no-shadow': 'off',
    'require-yield': 'off',
    'no-underscore-dangle': 'off',
    'react/react-in-jsx-scope': 'off',
    'unicorn/no-array-sort': 'off',
    'typescript/consistent-return': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
    'typescript/no-unnecessary-type-assertion': 'off',
    'typescript/no-extraneous-class': 'off',
    'react/exhaustive-effect-dependencies': 'off',
    'typescript/no-unnecessary-type-parameters': 'off',
    // The setup file of Worker tests and a stylesheet are imported for what they do.
    'import/no-unassigned-import': ['error', { allow: ['**/*.css'] }],
  },
  overrides: [
    ...roomOverrides,
    {
      files: ['workers/*/src/**/*.ts', 'workers/console/worker/**/*.ts'],
      excludeFiles: TESTS,
      rules: bans(noOtherWorker, noTesting, noDrizzleAtRuntime),
    },
    {
      files: ['workers/execution/src/durable/*.ts'],
      excludeFiles: [...TESTS, '**/*.do.ts'],
      rules: { ...bans(noOtherWorker, noTesting, noPlatform), ...pure },
    },
    { files: ['workers/console/web/**/*.{ts,tsx}'], excludeFiles: TESTS, rules: bans(onlyContracts, noOtherWorker) },
    { files: ['packages/cli/src/**/*.ts'], excludeFiles: TESTS, rules: bans(onlyWhatIsPure) },
    { files: TESTS, rules: { 'unicorn/consistent-function-scoping': 'off' } },
    // The platform, and tools that read configuration, want a default export there.
    {
      files: [
        '**/*.config.ts',
        'workers/*/src/index.ts',
        'workers/console/worker/index.ts',
        'dev/*/index.ts',
        '{test,bench}/**/workers/*.ts',
      ],
      rules: { 'import/no-default-export': 'off' },
    },
    // Programs for a terminal print; the logger is where Workers write their lines.
    { files: ['dev/**', 'test/**', 'bench/**', 'packages/shared/src/telemetry/logger.ts'], rules: { 'no-console': 'off' } },
  ],
})
