import { stringify } from 'yaml'

/** As it lies in git: no line is folded, and nothing stands for something else by an alias. */
export function toYaml(document: unknown): string {
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })
}
