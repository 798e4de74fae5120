import { SkeletonLine } from '@cloudflare/kumo/components/loader'
import { cn } from '@cloudflare/kumo/utils'
import type { ReactNode } from 'react'

export interface Column<T> {
  header: string
  /** Tailwind classes of the column's cells, width first. One column has no width and takes what is left. */
  className?: string
  /** Left out on small screens. */
  wide?: boolean
  cell: (row: T) => ReactNode
}

interface DataTableProps<T> {
  /** What the table lists, for screen readers. */
  caption: string
  columns: readonly Column<T>[]
  /** Undefined while they are on the way. */
  rows: readonly T[] | undefined
  rowKey: (row: T) => string
}

const SKELETON_ROWS = [0, 1, 2, 3, 4, 5]

/**
 * A table whose columns keep their width from the skeleton to the last page, so that it does not jump.
 * In the library's style; its own table brings checkboxes, tooltips and a positioning engine into the first load.
 */
export function DataTable<T>({ caption, columns, rows, rowKey }: DataTableProps<T>) {
  return (
    <div className="relative overflow-x-auto">
      <table aria-busy={rows === undefined} className="w-full table-fixed text-left text-base text-kumo-default">
        <caption className="sr-only">{caption}</caption>
        <thead className="text-xs text-kumo-subtle">
          <tr className="border-b border-kumo-hairline bg-kumo-elevated">
            {columns.map((column) => (
              <th key={column.header} scope="col" className={cellClasses(column, 'py-2 font-medium whitespace-nowrap')}>
                {column.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-kumo-hairline">
          {rows === undefined
            ? SKELETON_ROWS.map((row) => (
                <tr key={row} className="h-12">
                  {columns.map((column) => (
                    <td key={column.header} className={cellClasses(column, 'py-2.5')}>
                      <SkeletonLine minWidth={40} maxWidth={80} />
                    </td>
                  ))}
                </tr>
              ))
            : rows.map((row) => (
                <tr key={rowKey(row)} className="h-12 hover:bg-kumo-elevated">
                  {columns.map((column) => (
                    <td key={column.header} className={cellClasses(column, 'truncate py-2.5')}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              ))}
        </tbody>
      </table>
    </div>
  )
}

function cellClasses(column: Pick<Column<never>, 'className' | 'wide'>, own: string): string {
  return cn('px-2 first:pl-4 last:pr-4 sm:px-3', own, column.wide && 'max-md:hidden', column.className)
}
