import { useSearchParams } from 'react-router'

/** A filter kept in the address, so that a filtered list can be shared. Values that are not allowed count as none. */
export function useUrlFilter(name: string, allowed: readonly string[], fallback = ''): [string, (value: string) => void] {
  const [params, setParams] = useSearchParams()
  const raw = params.get(name) ?? fallback
  const value = allowed.includes(raw) ? raw : ''
  function setValue(next: string) {
    setParams(
      (current) => {
        const changed = new URLSearchParams(current)
        if (next === fallback) changed.delete(name)
        else changed.set(name, next)
        return changed
      },
      { replace: true },
    )
  }
  return [value, setValue]
}
