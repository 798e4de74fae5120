import * as z from 'zod'
import { answer, type Description, NOT_MODIFIED, textAnswer } from '../description.ts'

const openApi = z.looseObject({ openapi: z.string(), info: z.looseObject({ title: z.string() }), paths: z.looseObject({}) })

export const DOCS = {
  'GET /openapi.json': {
    topic: 'Health',
    summary: 'This description, as an OpenAPI 3.1 document',
    answer: answer(openApi, { openapi: '3.1.1', info: { title: 'Orchestrator: operators’ API' }, paths: {} }),
    other: NOT_MODIFIED,
  },
  'GET /docs': {
    topic: 'Health',
    summary: 'This description, as a page to read',
    answer: textAnswer({ 'text/html': '<!doctype html>' }),
    other: NOT_MODIFIED,
  },
} satisfies Record<string, Description>
