import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: new URL('web', import.meta.url).pathname,
  plugins: [react(), tailwindcss()],
  build: {
    outDir: new URL('dist', import.meta.url).pathname,
    emptyOutDir: true,
    target: 'es2023',
    // A file as a data: URL would need an exception in the security policy.
    assetsInlineLimit: 0,
    // The polyfill is an inline script, and every browser we support preloads modules.
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
})
