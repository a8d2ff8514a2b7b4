import type { GenericSchema, InferOutput } from 'valibot';
import * as v from 'valibot';
import type { Bytes } from '../domain/bytes.ts';
import { NearbyResponseSchema, type NearbyRequest, type NearbyResponse } from '../domain/nearby/post.ts';
import {
  PairResponseSchema,
  ProblemSchema,
  SyncResponseSchema,
  type PairRequest,
  type PairResponse,
  type SyncRequest,
  type SyncResponse,
} from '../domain/wire.ts';

/** What can come of asking the server. Only `ok` lets anything leave the outbox. */
export type Answer<Body> =
  /** With the bytes as they came: writing them out anew would cost a cheap tablet seconds. */
  | { kind: 'ok'; body: Body; bytes: Bytes }
  /** The server understood and said no. */
  | { kind: 'refused'; status: number; code: string }
  /** Nothing came, or it broke off, or it was not the server that answered. */
  | { kind: 'no_network' };

/** How the tablet reaches its server; handed in, so that a test can lose, double and garble what passes. */
export interface Transport {
  sync(token: string, request: SyncRequest): Promise<Answer<SyncResponse>>;
  pair(request: PairRequest): Promise<Answer<PairResponse>>;
}

/** How the tablet reaches the event's other tablets over the server. */
export interface NearbyTransport {
  nearby(token: string, request: NearbyRequest): Promise<Answer<NearbyResponse>>;
}

/** How long the tablet waits for an answer, in milliseconds. */
const TIMEOUT = 20_000;

const decoder = new TextDecoder();

/** @param fetcher - the browser's `fetch`, or another that behaves like it */
export function httpTransport(fetcher: typeof fetch, base = ''): Transport & NearbyTransport {
  async function post<Schema extends GenericSchema>(
    path: string,
    schema: Schema,
    body: unknown,
    token?: string,
  ): Promise<Answer<InferOutput<Schema>>> {
    try {
      const response = await fetcher(base + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(TIMEOUT),
        cache: 'no-store',
        credentials: 'omit',
      });
      const bytes = new Uint8Array(await response.arrayBuffer());
      const wire: unknown = JSON.parse(decoder.decode(bytes));
      if (!response.ok) {
        const problem = v.safeParse(ProblemSchema, wire);
        return {
          kind: 'refused',
          status: response.status,
          code: problem.success ? problem.output.code : 'unknown',
        };
      }
      const parsed = v.safeParse(schema, wire);
      // A hotel's log-in page answers 200 as well: what doesn't parse is not our server.
      return parsed.success ? { kind: 'ok', body: parsed.output, bytes } : { kind: 'no_network' };
    } catch {
      return { kind: 'no_network' };
    }
  }
  return {
    sync: (token, request) => post('/api/door/v1/sync', SyncResponseSchema, request, token),
    nearby: (token, request) => post('/api/door/v1/nearby', NearbyResponseSchema, request, token),
    pair: (request) => post('/api/door/v1/pair', PairResponseSchema, request),
  };
}
