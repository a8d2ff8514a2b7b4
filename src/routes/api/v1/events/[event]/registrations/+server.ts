import * as v from 'valibot';
import { apiAnswer, readBody, readQuery } from '$lib/server/api/api-answer';
import { apiProblem, cursorGone } from '$lib/server/api/api-problem';
import { registerByApi } from '$lib/server/api/api-register';
import { listApiRegistrations, readApiRegistration } from '$lib/server/api/api-registrations';
import {
  ApiRegistrationPageSchema,
  CreatedSchema,
  IdempotencyKeySchema,
  NewApiRegistrationSchema,
  RegistrationQuerySchema,
} from '$lib/server/api/api-schemas';
import { ticketLink } from '$lib/server/tickets';
import type { RequestHandler } from './$types';

/** The largest body, in bytes. */
const BODY_LIMIT = 16_384;

export const GET: RequestHandler = async ({ request, url, locals: { installation, client } }) => {
  const query = readQuery(url, RegistrationQuerySchema);
  if (query.kind === 'problem') return query.response;
  const page = await listApiRegistrations(installation, client!, query.value);
  return page ? apiAnswer(request, ApiRegistrationPageSchema, page) : cursorGone();
};

/** Registers somebody. */
export const POST: RequestHandler = async ({ request, locals: { installation, client } }) => {
  const key = v.safeParse(IdempotencyKeySchema, request.headers.get('idempotency-key'));
  if (!key.success)
    return apiProblem(400, 'key_missing', 'Send an Idempotency-Key: 8 to 200 letters, digits or . : _ -');
  const body = await readBody(request, NewApiRegistrationSchema, BODY_LIMIT);
  if (body.kind === 'problem') return body.response;
  const outcome = await registerByApi(installation, client!, key.output, body.value);
  switch (outcome.kind) {
    case 'registered': {
      const id = outcome.registrationId;
      return apiAnswer(
        request,
        CreatedSchema,
        {
          registration: (await readApiRegistration(installation, client!, id))!,
          ticketUrl: `${installation.origin}/ticket/${ticketLink(installation, id)}`,
        },
        { status: 201 },
      );
    }
    case 'closed':
      return apiProblem(409, 'closed', 'Registration is closed.');
    case 'full':
      return apiProblem(409, 'full', 'There is no place, and nothing is said of what to do then.');
    case 'unknown_workgroup':
      return apiProblem(422, 'unknown_workgroup', 'The event has no such workgroup.');
    case 'key_reused':
      return apiProblem(422, 'key_reused', 'This Idempotency-Key was used for something else.');
  }
};
