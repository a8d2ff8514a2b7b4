/** The most bytes of a body: a tablet that was offline all day hands in its scans in one. */
export const MOST_BODY_BYTES = 2 * 1024 * 1024;

/** Where more may come in, up to what the server process lets through (`BODY_SIZE_LIMIT`), by their routes. */
const LARGE_BODIES: ReadonlySet<string> = new Set(['/office/[event]/import-registrations']);

/**
 * Holds a request's body to what its route may be sent.
 *
 * @returns null when the body says itself that it is larger; one that turns out to be breaks off while it is read
 */
export function limitBody(request: Request, routeId: string | null): Request | null {
  if (routeId !== null && LARGE_BODIES.has(routeId)) return request;
  const length = request.headers.get('content-length');
  // Nobody can send more than they have said.
  if (length !== null) return Number(length) > MOST_BODY_BYTES ? null : request;
  if (!request.body) return request;
  let size = 0;
  const counted = request.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength;
        if (size > MOST_BODY_BYTES) controller.error(new Error('the body is too large'));
        else controller.enqueue(chunk);
      },
    }),
  );
  return new Request(request, { body: counted, duplex: 'half' } as RequestInit);
}
