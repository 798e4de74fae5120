/** The mark: one arrival, three deliveries. */
export function Brand() {
  return (
    <span className="flex items-center gap-2.5 font-semibold tracking-tight text-kumo-strong">
      <svg viewBox="0 0 32 32" className="size-6 shrink-0" aria-hidden="true">
        <rect width="32" height="32" rx="8" className="fill-kumo-brand" />
        <g fill="none" stroke="#fff" strokeWidth="2.5" strokeLinecap="round">
          <path d="M11 16h10M11 16l8-7M11 16l8 7" />
        </g>
        <g fill="#fff">
          <circle cx="9" cy="16" r="3.5" />
          <circle cx="22" cy="8.5" r="2.5" />
          <circle cx="23" cy="16" r="2.5" />
          <circle cx="22" cy="23.5" r="2.5" />
        </g>
      </svg>
      Orchestrator
    </span>
  )
}
