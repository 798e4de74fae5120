/** Faults at the binding: the real object, with some of its methods failing, hanging, late or watched. */
type Method = (...args: never[]) => unknown

function replaceMethods<T extends object>(
  binding: T,
  methods: readonly (keyof T & string)[],
  replace: (real: Method) => Method,
): T {
  return new Proxy(binding, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      const real = value.bind(target) as Method
      if (name === 'prepare' && (methods as readonly unknown[]).includes(name)) {
        // Preparing and binding are synchronous and never fail; running the statement does.
        return (...args: never[]) => replaceStatement(real(...args) as D1PreparedStatement, replace)
      }
      return (methods as readonly unknown[]).includes(name) ? replace(real) : real
    },
  })
}

function replaceStatement(statement: D1PreparedStatement, replace: (real: Method) => Method): D1PreparedStatement {
  const running = replaceMethods(statement, ['first', 'all', 'run'], replace)
  return new Proxy(running, {
    get(target, name) {
      if (name !== 'bind') return Reflect.get(target, name) as unknown
      return (...values: unknown[]) => replaceStatement(statement.bind(...values), replace)
    },
  })
}

export function failing<T extends object>(binding: T, ...methods: (keyof T & string)[]): T {
  return replaceMethods(binding, methods, () => () => Promise.reject(new Error('injected fault')))
}

export function hanging<T extends object>(binding: T, ...methods: (keyof T & string)[]): T {
  return replaceMethods(binding, methods, () => () => new Promise(() => undefined))
}

/** Does the real thing, but only after `ms`. */
export function late<T extends object>(binding: T, ms: number, ...methods: (keyof T & string)[]): T {
  return replaceMethods(binding, methods, (real) => async (...args) => {
    await new Promise((resolve) => setTimeout(resolve, ms))
    return real(...args)
  })
}

/** Does the real thing at once, but says so only after `ms`. */
export function answeringLate<T extends object>(binding: T, ms: number, ...methods: (keyof T & string)[]): T {
  return replaceMethods(binding, methods, (real) => async (...args) => {
    const value = await real(...args)
    await new Promise((resolve) => setTimeout(resolve, ms))
    return value
  })
}

/** Does the real thing, and notes the arguments of each call. */
export function watched<T extends object>(binding: T, calls: unknown[][], ...methods: (keyof T & string)[]): T {
  return replaceMethods(binding, methods, (real) => (...args) => {
    calls.push(args)
    return real(...args)
  })
}
