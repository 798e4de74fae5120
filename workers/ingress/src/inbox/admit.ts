import type { ConfigSnapshot, Provider } from '@orchestrator/shared/contracts/config'
import type { Preset } from '@orchestrator/shared/contracts/preset'
import { isAllowed } from '@orchestrator/shared/inbox/allowed-networks'
import { handshakeMethods } from '@orchestrator/shared/verification/handshakes/index'
import { presetOf } from '@orchestrator/shared/verification/preset-of'
import { proofHeaders } from '@orchestrator/shared/verification/verify'
import { clientIp } from '../protection/client-network.ts'
import { headersFit } from '../protection/header-limits.ts'
import type { AcceptDeps, Delivery } from './deps.ts'
import type { AcceptOutcome } from './outcome.ts'

/** A request that may be listened to: everything that can be told before its body is read. */
export interface Admitted {
  delivery: Delivery
  snapshot: ConfigSnapshot
  provider: Provider
  preset: Preset
  ip: string | null
  /** Taken out of `Headers` once: each walk over them costs as much as the signature. */
  headerList: readonly [name: string, value: string][]
}

/** Looks the provider up and turns away what need not be read: cheapest reasons first. */
export function admit(
  delivery: Delivery,
  snapshot: ConfigSnapshot,
  deps: Pick<AcceptDeps, 'failures'>,
): Admitted | AcceptOutcome {
  const ip = clientIp(delivery.headers)
  const blockedMs = deps.failures.blockedMs(delivery.provider, ip)
  if (blockedMs > 0) return { outcome: 'rate_limited', by: 'failures', retryAfterMs: blockedMs }
  const provider = snapshot.providers.find(({ id }) => id === delivery.provider)
  if (!provider) {
    deps.failures.count(delivery.provider, ip)
    return { outcome: 'unknown_provider' }
  }
  if (!provider.enabled) return { outcome: 'provider_disabled' }
  const preset = presetOf(provider)
  if (!preset) return { outcome: 'misconfigured', problem: `there is no preset ${provider.preset}` }
  if (preset.verification.scheme === 'none' && provider.allowedIps.length === 0)
    return { outcome: 'misconfigured', problem: `nothing proves who sends to ${provider.id}: it needs allowed networks` }
  if (!isAllowed(ip, provider.allowedIps)) return { outcome: 'network_not_allowed', proofHeaders: proofHeaders(preset) }
  const headerList = [...delivery.headers]
  if (!headersFit(headerList)) return { outcome: 'headers_too_large' }
  if (!(preset.methods as readonly string[]).includes(delivery.method)) {
    const allowed = [...preset.methods, ...handshakeMethods(preset)]
    if (!allowed.includes(delivery.method)) return { outcome: 'method_not_allowed', allowed }
  }
  return { delivery, snapshot, provider, preset, ip, headerList }
}
