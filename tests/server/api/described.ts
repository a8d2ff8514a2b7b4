import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'vitest';
import { openApiDocument } from '../../../src/lib/server/api/openapi.ts';
import type { Installation } from '../../../src/lib/server/installation.ts';
import { ask, routeOf, type Ask } from './client.ts';

export const document = openApiDocument('http://localhost:3000');

interface Described {
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
type Paths = Record<string, Record<string, Described>>;

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
ajv.addSchema({ ...document, $id: 'openapi' });

/** What is wrong with a value by the description; empty when nothing is. */
export function breaches(schema: object, value: unknown): string[] {
  const text = JSON.stringify(schema).replaceAll('"#/', '"openapi#/');
  const validate = ajv.compile(JSON.parse(text) as object);
  return validate(value)
    ? []
    : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);
}

export function describedAt(method: string, address: string): Described {
  const { routeId } = routeOf(`/api/v1${address}`)!;
  const path = routeId.replaceAll('[', '{').replaceAll(']', '}');
  return (document.paths as unknown as Paths)[path]![method.toLowerCase()]!;
}

/** Asks, and holds the answer against the description. @returns its status and body */
export async function askAsDescribed(
  installation: Installation,
  method: string,
  address: string,
  asked: Ask = {},
): Promise<{ status: number; body: never; headers: Headers }> {
  const answer = await ask(installation, method, address, asked);
  const text = await answer.text();
  const body = (text ? JSON.parse(text) : null) as never;
  const { responses } = describedAt(method, address.split('?')[0]!);
  if (answer.status !== 304) {
    const content = responses[String(answer.status)]?.content;
    expect(content, `${method} ${address} may answer ${answer.status}`).toBeDefined();
    const schema = content![answer.headers.get('content-type')!]?.schema;
    expect(schema, answer.headers.get('content-type')!).toBeDefined();
    expect(breaches(schema!, body)).toEqual([]);
  }
  return { status: answer.status, body, headers: answer.headers };
}
