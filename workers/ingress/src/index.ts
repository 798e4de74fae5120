import { createIngress } from './app.ts'

export default createIngress() satisfies ExportedHandler
