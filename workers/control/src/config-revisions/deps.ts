/** What reading revisions needs. */
export interface RevisionDeps {
  control<T>(work: (db: D1Database) => Promise<T>): Promise<T>
}
