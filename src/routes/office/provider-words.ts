import { m } from '$lib/i18n';
import type { ProviderRefusal } from '$lib/server/provider-sign-in';

/** Why somebody who comes from the identity provider is not let in, in words. */
export const REFUSAL_WORDS: Record<ProviderRefusal, (inputs: { provider: string }) => string> = {
  unavailable: m.account_refused_unavailable,
  unverified: m.account_refused_unverified,
  account_exists: m.account_refused_account_exists,
  no_invitation: m.account_refused_no_invitation,
  other_email: m.account_refused_other_email,
  taken: m.account_refused_taken,
  disabled: m.account_security_disabled,
  cancelled: m.account_refused_cancelled,
  expired: m.account_refused_expired,
  too_many: m.security_provider_too_many,
  failed: m.account_refused_failed,
};
