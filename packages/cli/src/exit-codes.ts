/** How `orc` ends; documented in `docs/cli.md`, and scripts build on it. */
export const EXIT = {
  ok: 0,
  failure: 1,
  /** The command line itself is wrong, or a confirmation is needed and nobody can be asked. */
  usage: 2,
  /** `--exit-code` and there are changes; or the audit log was tampered with. */
  found: 3,
  /** Ctrl-C, as shells have it: 128 + SIGINT. */
  interrupted: 130,
} as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]
