/** A page that could not be shown. Uses nothing that might itself be what broke. */
export function CrashPanel({ thrown }: { thrown: unknown }) {
  const isStale = thrown instanceof Error && /dynamically imported module|module script/i.test(thrown.message)
  return (
    <div role="alert" className="mx-auto flex max-w-lg flex-col items-center gap-3 px-4 py-24 text-center">
      <h1 className="text-2xl font-semibold text-kumo-strong">
        {isStale ? 'There is a new version of the console' : 'This page broke'}
      </h1>
      <p className="text-kumo-subtle">
        {isStale
          ? 'Reload to go on with it. Nothing was lost.'
          : 'That is our mistake. Webhooks and jobs are not affected; reload to go on.'}
      </p>
      {isStale ? null : (
        <p className="max-w-full font-mono text-sm break-words text-kumo-subtle">
          {thrown instanceof Error ? thrown.message : String(thrown)}
        </p>
      )}
      <button
        type="button"
        onClick={() => window.location.reload()}
        className="cursor-pointer rounded-lg bg-kumo-brand px-4 py-2 font-medium text-white hover:bg-kumo-brand-hover"
      >
        Reload
      </button>
    </div>
  )
}
