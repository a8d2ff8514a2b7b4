import { v5 } from 'uuid';
import type { RegistrationId, WorkgroupId } from '../../domain/ids.ts';
import { addMillis, DAY } from '../../domain/time.ts';
import { registerByForm, type RegistrationOutcome } from '../form-registration.ts';
import type { Installation } from '../installation.ts';
import { runBatch } from '../office-registrations.ts';
import type { NewApiRegistration } from './api-schemas.ts';
import type { ApiClient } from './api-tokens.ts';
import { sameText } from '../secrets.ts';

/** Names the submissions that idempotency keys become. */
const NAMESPACE = '6a0b7b0c-5f0f-4a52-9d3f-2b8f6f1d7c11';

/** How long a key is guarded against being used for something else, in milliseconds. It registers once for ever. */
const KEY_GUARDED = 7 * DAY;

/**
 * Registers somebody for another system, by the rules of the public form: its deadline, its places, its mails. Asking
 * again with the same key registers once and answers as the first time, also when the first answer was lost.
 */
export async function registerByApi(
  installation: Installation,
  client: ApiClient,
  key: string,
  asked: NewApiRegistration,
): Promise<RegistrationOutcome | { kind: 'key_reused' }> {
  const submissionId = v5(`${client.id} ${key}`, NAMESPACE);
  if (!(await isSameRequest(installation, submissionId, asked))) return { kind: 'key_reused' };
  return registerByForm(
    installation,
    client.eventId,
    {
      submissionId,
      names: [asked.name.trim().normalize('NFC')],
      email: asked.email,
      affiliation: asked.affiliation,
      workgroupId: asked.workgroup as WorkgroupId,
      secondChoiceId: asked.secondChoice as WorkgroupId | null,
      needs: asked.accessNeeds,
      locale: asked.locale,
      whenFull: asked.whenFull,
    },
    client,
  );
}

/** Cancels for another system as the office does: who waits longest gets the place. Cancelling again changes nothing. */
export async function cancelByApi(
  installation: Installation,
  client: ApiClient,
  id: RegistrationId,
): Promise<void> {
  await runBatch(installation, client.eventId, [id], { kind: 'cancel' }, client);
}

/** Whether a key is asked with for the first time, or for the same as then. Only a keyed hash of what was sent is kept. */
async function isSameRequest(
  { db, clock, secrets }: Installation,
  submissionId: string,
  asked: NewApiRegistration,
): Promise<boolean> {
  const proof = secrets
    .proof('api-request', Buffer.from(JSON.stringify(asked), 'utf8'))
    .toString('base64url');
  await db
    .insertInto('api_requests')
    .values({ submission_id: submissionId, body_proof: proof, created_at: clock() })
    .onConflict((conflict) => conflict.column('submission_id').doNothing())
    .execute();
  const kept = await db
    .selectFrom('api_requests')
    .select('body_proof')
    .where('submission_id', '=', submissionId)
    .executeTakeFirst();
  return kept !== undefined && sameText(kept.body_proof, proof);
}

/** Deletes what keys were asked with a while ago. */
export async function forgetApiRequests({ db, clock }: Installation): Promise<void> {
  await db.deleteFrom('api_requests').where('created_at', '<', addMillis(clock(), -KEY_GUARDED)).execute();
}
