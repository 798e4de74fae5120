/** Notes a value as the newest of a map that holds `max` at most: the one that was put longest ago makes room. */
export function putNewest<K, V>(map: Map<K, V>, key: K, value: V, max: number): V {
  map.delete(key)
  for (const oldest of map.keys()) {
    if (map.size < max) break
    map.delete(oldest)
  }
  map.set(key, value)
  return value
}
