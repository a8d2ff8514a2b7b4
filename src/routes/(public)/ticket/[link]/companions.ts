import type { RegistrationId } from '$lib/domain/ids';
import type { Database } from '$lib/server/database/open';
import { listCompanions } from '$lib/server/registrations';

/** Those of a person's companions who are named in a form; whoever is nobody's companion is not heard of. */
export async function chosenCompanions(
  db: Database,
  host: RegistrationId,
  data: FormData,
): Promise<RegistrationId[]> {
  const named = new Set(data.getAll('companion'));
  return (await listCompanions(db, host)).map(({ id }) => id).filter((id) => named.has(id));
}
