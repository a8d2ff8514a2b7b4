/** The most bytes of a body: a tablet that was offline all day hands in its scans in one. */
export const MOST_BODY_BYTES = 2 * 1024 * 1024;

/** Where more may come in, up to what the server process lets through (`BODY_SIZE_LIMIT`), by their routes. */
const LARGE_BODIES: ReadonlySet<string> = new Set(['/office/[event]/import-registrations']);

/** Whether a body says itself that it is larger than its route may be sent. */
export function saysTooLarge({ headers }: Request, routeId: string | null): boolean {
  return !takesLarge(routeId) && Number(headers.get('content-length') ?? 0) > MOST_BODY_BYTES;
}

/**
 * Holds a request's body to what its route may be sent: whoever reads one that is larger meets an error, as of a
 * connection that broke off. What nobody reads is let run out, or the connection could not be used again.
 */
export function limitBody(request: Request, routeId: string | null): Request {
  if (takesLarge(routeId) || !request.body) return request;
  if (saysTooLarge(request, routeId)) {
    request.body.pipeTo(new WritableStream()).catch(() => undefined);
    return withBody(request, new ReadableStream({ start: refuse }));
  }
  // Nobody can send more than they have said.
  if (request.headers.has('content-length')) return request;
  let size = 0;
  const counted = request.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength;
        if (size > MOST_BODY_BYTES) refuse(controller);
        else controller.enqueue(chunk);
      },
    }),
  );
  return withBody(request, counted);
}

const takesLarge = (routeId: string | null): boolean => routeId !== null && LARGE_BODIES.has(routeId);

const refuse = (controller: { error: (why: Error) => void }): void =>
  controller.error(new Error('the body is too large'));

function withBody(request: Request, body: ReadableStream): Request {
  return new Request(request, { body, duplex: 'half' } as RequestInit);
}
