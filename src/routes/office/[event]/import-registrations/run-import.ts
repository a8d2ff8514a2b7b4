import type { Progress, RunOutcome } from '../../../../lib/server/registration-import/import.ts';

/** A line of what the server tells while it takes in a table; the last one has the outcome. */
export type RunLine = { progress: Progress } | { outcome: RunOutcome['kind'] | 'failed' };

/** How much of the whole each step is, as far as it was measured. */
const SHARES: Record<Progress['step'], { from: number; share: number }> = {
  reading: { from: 0, share: 0.2 },
  tickets: { from: 0.2, share: 0.4 },
  writing: { from: 0.6, share: 0.4 },
};

/** How far the whole is, from 0 to 1. */
export function fractionOf({ step, done, total }: Progress): number {
  const { from, share } = SHARES[step];
  return from + share * (total === 0 ? 1 : Math.min(1, done / total));
}

/**
 * Has a table taken in, and tells how far it is.
 *
 * @returns how it ended; null when nobody knows: the form, sent as without a script, finds out
 */
export async function runImport(
  address: string,
  form: FormData,
  onProgress: (progress: Progress) => void,
  fetcher: typeof fetch = fetch,
): Promise<'imported' | null> {
  try {
    const answer = await fetcher(address, { method: 'POST', body: form });
    if (!answer.ok || !answer.body) return null;
    let outcome: 'imported' | null = null;
    for await (const line of linesOf(answer.body)) {
      const told = JSON.parse(line) as RunLine;
      if ('progress' in told) onProgress(told.progress);
      else outcome = told.outcome === 'imported' ? 'imported' : null;
    }
    return outcome;
  } catch {
    return null;
  }
}

async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, void> {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
}
