declare module 'sns-validator' {
  class MessageValidator {
    validate(message: string, done: (error: Error | null, message?: Record<string, unknown>) => void): void
  }
  export = MessageValidator
}
