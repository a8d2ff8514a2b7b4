import pino, { type Logger } from 'pino';

/**
 * JSON lines on standard error. Logs hold ids and outcomes, never names, addresses, tokens or what somebody typed; an
 * error's message may quote any of these, so of an error only its kind and where it was thrown are written.
 */
export function createLog(level: string): Logger {
  return pino(
    { level, base: null, serializers: { err: describeError }, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: false }),
  );
}

function describeError(error: unknown) {
  if (!(error instanceof Error)) return { type: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  return {
    type: error.name,
    code: (error as NodeJS.ErrnoException).code,
    at: frames.slice(0, 8).map((line) => line.trim()),
  };
}
