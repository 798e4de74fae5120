import { Loader } from '@cloudflare/kumo/components/loader'
import { cn } from '@cloudflare/kumo/utils'
import type { ComponentPropsWithRef, ReactNode } from 'react'

type Variant = 'primary' | 'secondary'
type Size = 'sm' | 'base'

interface ButtonProps extends ComponentPropsWithRef<'button'> {
  variant?: Variant
  size?: Size
  icon?: ReactNode
  /** Shows a spinner and takes no clicks. */
  loading?: boolean
}

/**
 * A button in the library's looks. The library's own would bring its tooltip, and the positioning engine behind that,
 * into the first load (28 kB gzip).
 */
export function Button({
  variant = 'secondary',
  size = 'base',
  icon,
  loading = false,
  className,
  children,
  ...props
}: ButtonProps) {
  return (
    <button type="button" {...props} disabled={props.disabled || loading} className={cn(buttonClasses(variant, size), className)}>
      {loading ? <Loader size={14} aria-label="Working" /> : icon}
      {children}
    </button>
  )
}

const VARIANTS: Readonly<Record<Variant, string>> = {
  primary: 'bg-kumo-brand text-white not-disabled:hover:bg-kumo-brand-hover disabled:opacity-50',
  secondary: 'bg-kumo-control text-kumo-default ring ring-kumo-line not-disabled:hover:bg-kumo-tint disabled:text-kumo-inactive',
}

const SIZES: Readonly<Record<Size, string>> = {
  sm: 'h-7 gap-1 rounded-md px-2.5 text-sm',
  base: 'h-9 gap-1.5 rounded-lg px-3.5 text-base',
}

/** The same look for links. */
export function buttonClasses(variant: Variant, size: Size): string {
  return cn(
    'inline-flex w-max shrink-0 cursor-pointer items-center justify-center font-medium shadow-xs select-none',
    'focus-visible:ring-2 focus-visible:ring-kumo-brand focus-visible:outline-none disabled:cursor-not-allowed',
    VARIANTS[variant],
    SIZES[size],
  )
}
