import type * as v from 'valibot';
import {
  ApiEventSchema,
  ApiHeadcountSchema,
  ApiRegistrationPageSchema,
  ApiRegistrationSchema,
  ApiScanPageSchema,
  CreatedSchema,
  IdempotencyKeySchema,
  NewApiRegistrationSchema,
  RegistrationQuerySchema,
  ScanQuerySchema,
} from './api-schemas.ts';
import { ApiProblemSchema } from './api-problem.ts';
import type { ApiMethod } from './api-rules.ts';

/** The schemas that the description names. */
export const API_COMPONENTS = {
  Event: ApiEventSchema,
  Headcount: ApiHeadcountSchema,
  Registration: ApiRegistrationSchema,
  RegistrationPage: ApiRegistrationPageSchema,
  NewRegistration: NewApiRegistrationSchema,
  Created: CreatedSchema,
  ScanPage: ApiScanPageSchema,
  Problem: ApiProblemSchema,
} as const satisfies Record<string, v.GenericSchema>;
export type ApiComponent = keyof typeof API_COMPONENTS;

/** What one method of a route takes and gives, for the description. Who may use it stands in `API_RULES`. */
export interface ApiOperation {
  id: string;
  summary: string;
  description?: string;
  query?: v.ObjectSchema<v.ObjectEntries, undefined> | v.StrictObjectSchema<v.ObjectEntries, undefined>;
  headers?: Record<string, v.GenericSchema>;
  body?: ApiComponent;
  /** The answer by its status; a text is for something that is no JSON of ours. */
  answers: Record<number, ApiComponent | { type: string; description: string }>;
  /** Problems beside those that every guarded route has (400, 401, 403, 429), by status. */
  problems?: Record<number, string>;
}

const POLLING =
  'Send the answer’s ETag as If-None-Match: while nothing has changed, the answer is 304 without a body.';
const CURSORS =
  'In the order of the last change. Go on with the cursor until `more` is false; later, the same cursor brings what has changed since. A filter hides what no longer matches it: to keep a copy, read without filters.';
const CURSOR_GONE = 'The cursor is none of this server’s: read from the beginning.';

export const API_OPERATIONS: Record<string, Partial<Record<ApiMethod, ApiOperation>>> = {
  '/api/v1/openapi.json': {
    GET: {
      id: 'describe',
      summary: 'This description',
      answers: { 200: { type: 'application/json', description: 'OpenAPI 3.1' } },
    },
  },
  '/api/v1/guide': {
    GET: {
      id: 'guide',
      summary: 'The description for people, with examples',
      answers: { 200: { type: 'text/plain', description: 'Markdown' } },
    },
  },
  '/api/v1/events/[event]': {
    GET: {
      id: 'readEvent',
      summary: 'Texts, times, rooms and workgroups',
      description: POLLING,
      answers: { 200: 'Event' },
    },
  },
  '/api/v1/events/[event]/headcount': {
    GET: {
      id: 'readHeadcount',
      summary: 'How many are in which room now',
      description: POLLING,
      answers: { 200: 'Headcount' },
    },
  },
  '/api/v1/events/[event]/registrations': {
    GET: {
      id: 'listRegistrations',
      summary: 'Registrations, a page at a time',
      description: CURSORS,
      query: RegistrationQuerySchema,
      answers: { 200: 'RegistrationPage' },
      problems: { 410: CURSOR_GONE },
    },
    POST: {
      id: 'createRegistration',
      summary: 'Register somebody',
      description:
        'By the rules of the public form: its deadline, its places, its mails. The same Idempotency-Key registers once, however often it is sent.',
      headers: { 'Idempotency-Key': IdempotencyKeySchema },
      body: 'NewRegistration',
      answers: { 201: 'Created' },
      problems: {
        409: 'Registration is closed (`closed`), or there is no place (`full`).',
        413: 'The body is too large.',
        415: 'The body is not application/json.',
        422: 'There is no such workgroup (`unknown_workgroup`), or the key was used for something else (`key_reused`).',
      },
    },
  },
  '/api/v1/events/[event]/registrations/[registration]': {
    GET: {
      id: 'readRegistration',
      summary: 'One registration',
      description: POLLING,
      answers: { 200: 'Registration' },
      problems: { 404: 'There is no such registration.' },
    },
  },
  '/api/v1/events/[event]/registrations/[registration]/cancel': {
    POST: {
      id: 'cancelRegistration',
      summary: 'Cancel a registration',
      description: 'Who waits longest for the place gets it. Cancelling again changes nothing.',
      answers: { 200: 'Registration' },
      problems: { 404: 'There is no such registration.' },
    },
  },
  '/api/v1/events/[event]/scans': {
    GET: {
      id: 'listScans',
      summary: 'What the doors have scanned, a page at a time',
      description:
        'In the order in which the server got them. Go on with the cursor until `more` is false; later, the same cursor brings what is new.',
      query: ScanQuerySchema,
      answers: { 200: 'ScanPage' },
      problems: { 410: CURSOR_GONE },
    },
  },
};
