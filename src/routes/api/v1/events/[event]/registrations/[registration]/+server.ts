import * as v from 'valibot';
import { RegistrationIdSchema } from '$lib/domain/ids';
import { apiAnswer } from '$lib/server/api/api-answer';
import { unknownRegistration } from '$lib/server/api/api-problem';
import { readApiRegistration } from '$lib/server/api/api-registrations';
import { ApiRegistrationSchema } from '$lib/server/api/api-schemas';
import type { RequestHandler } from './$types';

export const GET: RequestHandler = async ({ request, params, locals: { installation, client } }) => {
  const id = v.safeParse(RegistrationIdSchema, params.registration);
  const registration = id.success && (await readApiRegistration(installation, client!, id.output));
  return registration ? apiAnswer(request, ApiRegistrationSchema, registration) : unknownRegistration();
};
