import { build, type BuildFailure, formatMessages } from 'esbuild'

/** A Worker's source does not compile. `message` carries the compiler's own text. */
export class BuildError extends Error {
  override name = 'BuildError'
}

/**
 * Bundles a Worker's main into one ES module, as wrangler does: what it imports, without the platform's modules. `minify` as a
 * release does it; a source map tells the names.
 */
export async function bundleWorker(main: string, { minify = false } = {}): Promise<string> {
  try {
    const result = await build({
      entryPoints: [main],
      bundle: true,
      write: false,
      format: 'esm',
      target: 'es2024',
      conditions: ['workerd', 'worker', 'browser'],
      external: ['node:*', 'cloudflare:*'],
      define: { 'process.env.NODE_ENV': '"development"' },
      minify,
      sourcemap: 'inline',
      sourcesContent: false,
      logLevel: 'silent',
    })
    return result.outputFiles[0]?.text ?? ''
  } catch (error) {
    const messages = (error as Partial<BuildFailure>).errors ?? []
    const lines = await formatMessages(messages, { kind: 'error', color: false })
    throw new BuildError(lines.length > 0 ? lines.join('\n') : String(error), { cause: error })
  }
}
