import { SkeletonLine } from '@cloudflare/kumo/components/loader'

/** Stands where a page will be while its code or its data are on the way. */
export function PageSkeleton() {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-4">
      <SkeletonLine minWidth={20} maxWidth={30} blockHeight={32} />
      <SkeletonLine minWidth={40} maxWidth={60} blockHeight={20} />
      <div className="mt-4 flex flex-col gap-5 rounded-lg bg-kumo-base p-6 ring ring-kumo-hairline">
        {[0, 1, 2, 3, 4].map((line) => (
          <SkeletonLine key={line} />
        ))}
      </div>
    </div>
  )
}
