import { openApiDocument } from '$lib/server/api/openapi';
import type { RequestHandler } from './$types';

/** The description of this interface, for programs. */
export const GET: RequestHandler = ({ locals: { installation } }) =>
  Response.json(openApiDocument(installation.origin), { headers: { 'cache-control': 'no-cache' } });
