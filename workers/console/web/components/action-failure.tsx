import { type Failure, describeFailure } from '../lib/failure.ts'

/** Why something that somebody asked for was not done. */
export function ActionFailure({ what, failure }: { what: string; failure: Failure }) {
  const { title, detail, requestId } = describeFailure(failure)
  const issues = failure.kind === 'problem' ? failure.issues : []
  return (
    <div role="alert" className="rounded-lg bg-kumo-danger-tint p-3 text-kumo-danger">
      <p className="font-medium">
        {what}: {title}
      </p>
      <p>{detail}</p>
      {issues.length === 0 ? null : (
        <ul className="mt-1 list-disc pl-5">
          {issues.map((issue) => (
            <li key={`${issue.path}:${issue.message}`}>
              {issue.path === '' ? '' : `${issue.path}: `}
              {issue.message}
            </li>
          ))}
        </ul>
      )}
      {requestId === null ? null : <p className="mt-1 font-mono text-xs break-all">{requestId}</p>}
    </div>
  )
}
