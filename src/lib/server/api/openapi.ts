import { toJsonSchema, type JsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { API_COMPONENTS, API_OPERATIONS, type ApiComponent, type ApiOperation } from './api-operations.ts';
import { API_RULES, type ApiRule } from './api-rules.ts';

/**
 * The description of the interface, OpenAPI 3.1: made from the table of rules, the table of operations, and the schemas
 * that parse what is sent and shape what is answered.
 *
 * @param origin - the address that people use
 */
export function openApiDocument(origin: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Einlass',
      version: '1.0.0',
      summary: 'An event’s registrations, scans and headcount for the city’s other systems.',
      description:
        'A token is made in the event’s office, for this event alone. Fields may be added in this version, none renamed or dropped: ignore what you don’t know. Times are in UTC.',
      license: { name: 'EUPL-1.2', identifier: 'EUPL-1.2' },
    },
    servers: [{ url: origin }],
    paths: Object.fromEntries(
      Object.entries(API_OPERATIONS).map(([routeId, methods]) => [
        routeId.replaceAll('[', '{').replaceAll(']', '}'),
        {
          ...parametersOf(routeId),
          ...Object.fromEntries(
            Object.entries(methods).map(([method, operation]) => [
              method.toLowerCase(),
              describe(operation, (API_RULES[routeId] as Record<string, ApiRule>)[method]!),
            ]),
          ),
        },
      ]),
    ),
    components: {
      schemas: Object.fromEntries(
        Object.entries(API_COMPONENTS).map(([name, schema]) => [name, jsonSchema(schema, name)]),
      ),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'Made in the event’s office under “Interfaces”. Never sent as a cookie.',
        },
      },
    },
  };
}

const PARAMETERS: Record<string, { description: string; schema: JsonSchema }> = {
  event: { description: 'The event’s short name in its addresses.', schema: { type: 'string' } },
  registration: {
    description: 'The registration’s id.',
    schema: { type: 'string', format: 'uuid' },
  },
};

function parametersOf(routeId: string) {
  const names = [...routeId.matchAll(/\[(\w+)\]/g)].map(([, name]) => name!);
  if (names.length === 0) return {};
  return {
    parameters: names.map((name) => ({ name, in: 'path', required: true, ...PARAMETERS[name]! })),
  };
}

function describe(operation: ApiOperation, rule: ApiRule) {
  const { id, summary, description, query, headers, body, answers } = operation;
  const guarded = rule !== 'open';
  const parameters = [
    ...Object.entries(query?.entries ?? {}).map(([name, entry]) => ({
      name,
      in: 'query',
      required: false,
      schema: jsonSchema(entry),
    })),
    ...Object.entries(headers ?? {}).map(([name, schema]) => ({
      name,
      in: 'header',
      required: true,
      schema: jsonSchema(schema),
    })),
  ];
  const problems: Record<string, string> = {
    ...(guarded && {
      400: 'What was sent is not as described.',
      401: 'No token, or one that is unknown, revoked or expired.',
      403: `The token is for another event, or lacks the scope \`${rule}\`.`,
      429: 'Too many requests with this token; `Retry-After` says when to go on.',
    }),
    ...operation.problems,
  };
  return {
    operationId: id,
    summary,
    ...(description !== undefined && { description }),
    security: guarded ? [{ token: [rule] }] : [],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: ref(body) } } } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(answers).map(([status, answer]) => [status, describeAnswer(answer)]),
      ),
      ...Object.fromEntries(
        Object.entries(problems).map(([status, text]) => [
          status,
          { description: text, content: { 'application/problem+json': { schema: ref('Problem') } } },
        ]),
      ),
    },
  };
}

function describeAnswer(answer: ApiOperation['answers'][number]) {
  if (typeof answer === 'string')
    return { description: answer, content: { 'application/json': { schema: ref(answer) } } };
  return { description: answer.description, content: { [answer.type]: { schema: {} } } };
}

const ref = (component: ApiComponent) => ({ $ref: `#/components/schemas/${component}` });

/** A schema as JSON Schema; one that has a name of its own is referred to by it. @param self - the name of this one */
function jsonSchema(schema: v.GenericSchema, self?: string): JsonSchema {
  const { $schema: _, ...described } = toJsonSchema(schema, {
    target: 'draft-2020-12',
    typeMode: 'input',
    overrideSchema: ({ valibotSchema }) => {
      const named = Object.entries(API_COMPONENTS).find(
        ([name, component]) => component === valibotSchema && name !== self,
      );
      return named && ref(named[0] as ApiComponent);
    },
    // JSON Schema reads every pattern as Unicode (ECMA-262 with `u`), and has no other flag.
    overrideAction: ({ valibotAction, jsonSchema }) => {
      const { type, requirement } = valibotAction as { type: string; requirement?: unknown };
      return type === 'regex' && requirement instanceof RegExp && requirement.flags === 'u'
        ? { ...jsonSchema, pattern: requirement.source }
        : null;
    },
  });
  return described;
}
