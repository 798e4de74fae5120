/** Whether the console runs on somebody's own machine. Hints for developers are shown only there. */
export function isDevelopmentHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost')
}
