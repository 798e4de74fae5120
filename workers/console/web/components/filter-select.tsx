import { CaretDownIcon } from '@phosphor-icons/react'

interface FilterSelectProps {
  label: string
  /** Empty for no filter. */
  value: string
  options: readonly { value: string; text: string }[]
  onChange: (value: string) => void
}

/** One filter of a list; its first choice is all of them. The browser's own control: works everywhere, weighs nothing. */
export function FilterSelect({ label, value, options, onChange }: FilterSelectProps) {
  return (
    <span className="relative inline-flex">
      <select
        aria-label={label}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="h-9 cursor-pointer appearance-none rounded-lg bg-kumo-control pr-9 pl-3 text-base text-kumo-default shadow-xs ring ring-kumo-line hover:bg-kumo-tint focus-visible:ring-2 focus-visible:ring-kumo-brand focus-visible:outline-none"
      >
        <option value="">All {label.toLowerCase()}</option>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
      <CaretDownIcon
        size={14}
        aria-hidden="true"
        className="pointer-events-none absolute top-1/2 right-3 -translate-y-1/2 text-kumo-subtle"
      />
    </span>
  )
}
