import { problem } from '$lib/server/problem';
import { runImport, type Progress } from '$lib/server/registration-import/import';
import { eventOf } from '../../event-of';
import { readImportId, readOptions } from '../import-form';
import type { RunLine } from '../run-import';
import type { RequestHandler } from './$types';

/** How often it is told how far it is, in milliseconds. */
const TOLD_EVERY = 100;

/**
 * Does what the page's form does, and says line by line how far it is. Whoever goes away in the middle has said what
 * they want: it goes on.
 */
export const POST: RequestHandler = async ({ params, request, locals: { installation, organiser } }) => {
  const { id } = await eventOf(installation, params.event);
  const data = await request.formData().catch(() => new FormData());
  const importId = readImportId(data.get('import'));
  if (!importId) return problem(400, 'no_import', 'There is no such table.');
  const options = readOptions(data);
  const encoder = new TextEncoder();
  let isRead = true;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const tell = (line: RunLine) => {
        if (isRead) controller.enqueue(encoder.encode(JSON.stringify(line) + '\n'));
      };
      let told = 0;
      const onProgress = (progress: Progress) => {
        const now = performance.now();
        if (now - told < TOLD_EVERY) return;
        told = now;
        tell({ progress });
      };
      runImport(installation, id, importId, options, organiser, onProgress)
        .then(({ kind }) => tell({ outcome: kind }))
        .catch((err: unknown) => {
          installation.log.error({ err }, 'import failed');
          tell({ outcome: 'failed' });
        })
        .finally(() => {
          if (isRead) controller.close();
        });
    },
    cancel() {
      isRead = false;
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'application/x-ndjson',
      'cache-control': 'no-store',
      // A proxy shall not wait until there is more to tell.
      'x-accel-buffering': 'no',
    },
  });
};
