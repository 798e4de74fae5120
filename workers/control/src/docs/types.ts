/** As much of JSON Schema (2020-12) as the document has. */
export interface SchemaObject {
  $ref?: string
  type?: string | string[]
  description?: string
  properties?: Record<string, SchemaObject>
  required?: string[]
  additionalProperties?: boolean | SchemaObject
  items?: SchemaObject
  prefixItems?: SchemaObject[]
  anyOf?: SchemaObject[]
  oneOf?: SchemaObject[]
  enum?: unknown[]
  const?: unknown
  format?: string
  pattern?: string
  default?: unknown
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
}

export interface ParameterObject {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  description?: string
  schema: SchemaObject
  example?: string
}

export interface MediaObject {
  schema: SchemaObject
  example: unknown
}

export interface ResponseObject {
  $ref?: string
  description?: string
  content?: Record<string, MediaObject>
}

export interface OperationObject {
  operationId: string
  tags: [string]
  summary: string
  description: string
  'x-required-roles': string[]
  parameters?: (ParameterObject | { $ref: string })[]
  requestBody?: { required: boolean; content: Record<string, MediaObject> }
  responses: Record<string, ResponseObject>
}

/** As much of an OpenAPI document as the page shows. */
export interface OpenApiDocument {
  info: { title: string; description: string }
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, OperationObject>>
  components: {
    schemas: Record<string, SchemaObject>
    responses: Record<string, ResponseObject>
    parameters: Record<string, ParameterObject>
  }
}
