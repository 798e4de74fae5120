import { ListIcon, XIcon } from '@phosphor-icons/react'
import { type ReactNode, Suspense, useEffect, useRef } from 'react'
import { NavigationType, Outlet, useLocation, useNavigationType } from 'react-router'
import { Brand } from './brand.tsx'
import { ErrorBoundary } from './error-boundary.tsx'
import { MainNavigation } from './main-navigation.tsx'
import { PageSkeleton } from './page-skeleton.tsx'
import { Person } from './person.tsx'

/** What surrounds every page: the navigation, who is signed in, and the page itself. */
export function AppShell() {
  const { pathname } = useLocation()
  return (
    <div className="flex min-h-svh flex-col lg:flex-row">
      <a
        href="#content"
        className="sr-only z-50 rounded-lg bg-kumo-base px-4 py-2 ring ring-kumo-line focus:not-sr-only focus:fixed focus:top-3 focus:left-3"
      >
        Skip to content
      </a>
      <aside className="sticky top-0 hidden h-svh w-64 shrink-0 border-r border-kumo-line bg-kumo-base lg:block">
        <SidebarContent />
      </aside>
      <MobileBar />
      <main id="content" tabIndex={-1} className="min-w-0 flex-1 outline-none">
        <div className="mx-auto w-full max-w-7xl px-4 py-6 sm:px-6 lg:px-8 lg:py-8">
          <ErrorBoundary key={pathname}>
            <ScrollToTop />
            <Suspense fallback={<PageSkeleton />}>
              <Outlet />
            </Suspense>
          </ErrorBoundary>
        </div>
      </main>
    </div>
  )
}

function SidebarContent() {
  return (
    <div className="flex h-full flex-col">
      <div className="px-5 py-5">
        <Brand />
      </div>
      <div className="flex-1 overflow-y-auto px-3">
        <MainNavigation />
      </div>
      <div className="border-t border-kumo-hairline p-3">
        <Person />
      </div>
    </div>
  )
}

/** Below the width of a sidebar: a bar, and the navigation as a modal dialog (focus, Escape and return come with it). */
function MobileBar() {
  const dialog = useRef<HTMLDialogElement>(null)
  return (
    <header className="sticky top-0 z-30 flex items-center gap-2 border-b border-kumo-line bg-kumo-base px-3 py-2.5 lg:hidden">
      <IconButton label="Open navigation" onClick={() => dialog.current?.showModal()}>
        <ListIcon size={20} aria-hidden="true" />
      </IconButton>
      <Brand />
      <dialog
        ref={dialog}
        aria-label="Navigation"
        onClick={(event) => isWayOut(event.target, event.currentTarget) && event.currentTarget.close()}
        className="m-0 h-svh max-h-none w-72 max-w-[85vw] bg-kumo-base text-kumo-default shadow-lg backdrop:bg-black/40"
      >
        <SidebarContent />
        <div className="absolute top-4 right-3">
          <IconButton label="Close navigation" onClick={() => dialog.current?.close()}>
            <XIcon size={18} aria-hidden="true" />
          </IconButton>
        </div>
      </dialog>
    </header>
  )
}

function IconButton({ label, onClick, children }: { label: string; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-label={label}
      onClick={onClick}
      className="flex size-9 cursor-pointer items-center justify-center rounded-lg text-kumo-default hover:bg-kumo-tint focus-visible:ring-2 focus-visible:ring-kumo-brand focus-visible:outline-none"
    >
      {children}
    </button>
  )
}

/** A click beside the navigation, or on a link in it. */
function isWayOut(target: EventTarget, dialog: HTMLDialogElement): boolean {
  return target === dialog || (target instanceof Element && target.closest('a') !== null)
}

/** Mounted with each page: a new one starts at its top; going back leaves the place to the browser. */
function ScrollToTop() {
  const navigation = useNavigationType()
  useEffect(() => {
    if (navigation === NavigationType.Push) window.scrollTo(0, 0)
  }, [navigation])
  return null
}
