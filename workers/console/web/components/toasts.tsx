import { CheckCircleIcon, XIcon } from '@phosphor-icons/react'
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from 'react'
import { Link } from 'react-router'

export interface Toast {
  title: string
  description: string
  link: { href: string; text: string }
}

/** Long enough to read two lines and reach for the link. */
const SHOWN_MS = 10_000

const ToastContext = createContext<(toast: Toast) => void>(() => undefined)

/** Shows a message in the corner that goes away by itself. */
export function useToast(): (toast: Toast) => void {
  return useContext(ToastContext)
}

/** Holds the last message; a new one takes its place. Announced to screen readers, and kept while pointed at or focused. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [toast, setToast] = useState<Toast | null>(null)
  const [held, setHeld] = useState(false)
  const show = useCallback((next: Toast) => setToast(next), [])
  const close = () => setToast(null)
  useEffect(() => {
    if (toast === null || held) return undefined
    const timer = setTimeout(() => setToast(null), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [toast, held])
  return (
    <ToastContext value={show}>
      {children}
      <div
        role="status"
        className="fixed right-4 bottom-4 left-4 z-50 sm:left-auto sm:w-96"
        onPointerEnter={() => setHeld(true)}
        onPointerLeave={() => setHeld(false)}
        onFocus={() => setHeld(true)}
        onBlur={() => setHeld(false)}
      >
        {toast === null ? null : <ToastCard toast={toast} onClose={close} />}
      </div>
    </ToastContext>
  )
}

function ToastCard({ toast, onClose }: { toast: Toast; onClose: () => void }) {
  return (
    <div className="flex items-start gap-3 rounded-lg bg-kumo-base p-4 shadow-lg ring ring-kumo-line">
      <CheckCircleIcon size={20} weight="fill" className="mt-px shrink-0 text-kumo-success" aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="font-medium text-kumo-strong">{toast.title}</p>
        <p className="break-words text-kumo-subtle">{toast.description}</p>
        <Link to={toast.link.href} onClick={onClose} className="mt-1 inline-block text-kumo-link hover:underline">
          {toast.link.text}
        </Link>
      </div>
      <button
        type="button"
        aria-label="Close"
        onClick={onClose}
        className="flex size-6 shrink-0 cursor-pointer items-center justify-center rounded-md text-kumo-subtle hover:bg-kumo-tint hover:text-kumo-default focus-visible:ring-2 focus-visible:ring-kumo-brand focus-visible:outline-none"
      >
        <XIcon size={14} aria-hidden="true" />
      </button>
    </div>
  )
}
