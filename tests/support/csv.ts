import { readCsv } from '../../src/lib/domain/csv.ts';

/** Everything that a table's parts give, header first. */
export async function cellsOf({
  header,
  parts,
}: {
  header: string[];
  parts: AsyncIterable<string[][]>;
}): Promise<string[][]> {
  const rows = [header];
  for await (const part of parts) rows.push(...part);
  return rows;
}

/** The rows of a file that was answered with. */
export async function tableOf(response: Response): Promise<string[][]> {
  const bytes = await response.bytes();
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
  return [...readCsv(text, ';')].map(({ cells }) => cells);
}
