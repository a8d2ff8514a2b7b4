import { CSV_MARK, writeCsvRow } from '../domain/csv.ts';

/**
 * Answers with a table as a file to keep, part by part, as fast as it is fetched: so a large one is nowhere as a whole.
 *
 * @param name - of the file, in ASCII, without its ending
 * @param parts - the rows of the table, some at a time
 */
export function csvResponse(
  name: string,
  header: readonly string[],
  parts: AsyncIterator<string[][], void>,
): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(CSV_MARK + writeCsvRow(header)));
    },
    async pull(controller) {
      const { done, value: rows } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(rows.map(writeCsvRow).join('')));
    },
    async cancel() {
      await parts.return?.();
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="${name}.csv"`,
      'cache-control': 'no-store',
    },
  });
}
