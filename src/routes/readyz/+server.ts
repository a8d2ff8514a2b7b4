import { readReadiness } from '$lib/server/operate/readiness';
import type { RequestHandler } from './$types';

/** Whether a load balancer should send requests here. */
export const GET: RequestHandler = async ({ locals: { installation } }) => {
  const readiness = await readReadiness(installation.db, installation.shutdown);
  const { replica } = installation;
  // The primary answers in its place, so it is no reason against this process.
  return Response.json(replica ? { ...readiness, replica: replica.state } : readiness, {
    status: readiness.ready ? 200 : 503,
    headers: { 'cache-control': 'no-store' },
  });
};
