import type { Database } from './database/open.ts';
import { sameText, type Secrets } from './secrets.ts';

/**
 * Sees to it that all processes on a database have the secret that it was begun with: with another one they could
 * neither read the events' keys nor believe each other's links.
 *
 * @throws with a sentence for the operator
 */
export async function checkSecret(db: Database, secrets: Secrets): Promise<void> {
  const { database_id } = await db.selectFrom('installation').select('database_id').executeTakeFirstOrThrow();
  const proof = secrets.proof('installation', Buffer.from(database_id, 'utf8')).toString('base64url');
  await db
    .updateTable('installation')
    .set({ secret_proof: proof })
    .where('secret_proof', 'is', null)
    .execute();
  const { secret_proof } = await db
    .selectFrom('installation')
    .select('secret_proof')
    .executeTakeFirstOrThrow();
  if (secret_proof === null || !sameText(secret_proof, proof))
    throw new Error(
      'EINLASS_SECRET: the database belongs to another secret; all server processes need the one it was begun with',
    );
}
