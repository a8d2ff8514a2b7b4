import * as v from 'valibot';
import { RegistrationIdSchema } from '$lib/domain/ids';
import { apiAnswer } from '$lib/server/api/api-answer';
import { unknownRegistration } from '$lib/server/api/api-problem';
import { cancelByApi } from '$lib/server/api/api-register';
import { readApiRegistration } from '$lib/server/api/api-registrations';
import { ApiRegistrationSchema } from '$lib/server/api/api-schemas';
import type { RequestHandler } from './$types';

/** Cancels a registration. */
export const POST: RequestHandler = async ({ request, params, locals: { installation, client } }) => {
  const id = v.safeParse(RegistrationIdSchema, params.registration);
  const found = id.success && (await readApiRegistration(installation, client!, id.output));
  if (!id.success || !found) return unknownRegistration();
  await cancelByApi(installation, client!, id.output);
  return apiAnswer(
    request,
    ApiRegistrationSchema,
    (await readApiRegistration(installation, client!, id.output))!,
  );
};
