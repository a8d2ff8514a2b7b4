import type { RequestHandler } from './$types';

/** The process lives. Whoever restarts what does not answer here must not do so because the database is away. */
export const GET: RequestHandler = () =>
  Response.json({ alive: true }, { headers: { 'cache-control': 'no-store' } });
