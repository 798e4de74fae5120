import { Link } from 'react-router'
import { buttonClasses } from '../components/button.tsx'
import { PageHeader } from '../components/page-header.tsx'
import { paths } from '../routes/paths.ts'

export function NotFoundPage() {
  return (
    <>
      <PageHeader title="There is no such page" description="The address may be mistyped, or the page has moved." />
      <Link to={paths.overview} className={buttonClasses('primary', 'base')}>
        Go to the overview
      </Link>
    </>
  )
}
