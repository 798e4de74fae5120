import { vi } from 'vitest'

/** Files of tests take turns in one process. Each begins with modules that remember nothing, and globals that nobody has replaced. */
vi.useRealTimers()
vi.unstubAllGlobals()
vi.restoreAllMocks()
vi.resetModules()
