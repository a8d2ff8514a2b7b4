import * as v from 'valibot';
import { PROVIDER_REFUSALS, type ProviderRefusal } from '$lib/server/provider-sign-in';

const RefusalSchema = v.fallback(v.nullable(v.picklist(PROVIDER_REFUSALS)), null);

/** What an address says of why the identity provider's answer led to nothing. */
export function refusalIn(url: URL): ProviderRefusal | null {
  return v.parse(RefusalSchema, url.searchParams.get('refused'));
}
