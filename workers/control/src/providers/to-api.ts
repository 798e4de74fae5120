import { isProviderPaused, providerEtag } from '@orchestrator/shared/config/etag'
import type { ConfigSnapshot, Provider } from '@orchestrator/shared/contracts/config'
import type { ProviderView } from '@orchestrator/shared/contracts/config-api'
import { presetOf } from '@orchestrator/shared/verification/preset-of'
import { warningsOf } from './check.ts'

export function toProviderView(provider: Provider, config: ConfigSnapshot): ProviderView {
  const preset = presetOf(provider)
  return {
    ...provider,
    etag: providerEtag(provider, config),
    paused: isProviderPaused(provider, config),
    title: preset?.title ?? provider.preset,
    scheme: preset?.verification.scheme ?? 'unknown',
    path: `/webhooks/${provider.id}`,
    bodyAuthenticated: preset?.bodyAuthenticated ?? false,
    routes: config.routes.flatMap((route) => (route.provider === provider.id ? route.id : [])),
    warnings: warningsOf(provider, config),
  }
}

/** As the audit log keeps it. The name of the secret tells no secret, but the log hides every field that sounds like one. */
export function toAuditView({ secret, ...provider }: Provider): object {
  return { ...provider, verifiedWith: secret }
}
