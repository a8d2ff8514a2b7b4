import { createHash, type Hash } from 'node:crypto';
import * as v from 'valibot';
import { Damaged } from './damaged.ts';
import { TableSum, type Cells } from './tables.ts';
import { sameText } from '../secrets.ts';

/**
 * A backup: lines of JSON, compressed with gzip, the same for every store.
 *
 * 1. the head
 * 2. for each file of the data folder: its name and its text
 * 3. for each table: its name and columns, then a line for each row, then how many there were and their sum
 * 4. the end: how many lines came before, and the SHA-256 of these
 */
export const FORMAT = 1;

const HeadSchema = v.object({
  einlass: v.literal('backup'),
  format: v.pipe(v.number(), v.integer()),
  /** The newest migration that the tables have seen. */
  migration: v.string(),
  takenAt: v.number(),
  /** By which an installation knows whether its secret is the one that these tables were written with. */
  secretProof: v.string(),
  tables: v.array(v.string()),
});
export type ArchiveHead = v.InferOutput<typeof HeadSchema>;

const FileSchema = v.object({ file: v.picklist(['secret', 'operator.json']), content: v.string() });
export type ArchiveFile = v.InferOutput<typeof FileSchema>;

const TableSchema = v.object({ table: v.string(), columns: v.array(v.string()) });
const CellSchema = v.nullable(v.union([v.string(), v.number()]));
const TableEndSchema = v.object({ endOf: v.string(), rows: v.number(), sum: v.string() });
const EndSchema = v.object({ end: v.literal('backup'), lines: v.number(), sha256: v.string() });

/** What a table holds, so that two of them can be compared. */
export interface TableFigures {
  table: string;
  rows: number;
  sum: string;
}

/** What an archive is written from. */
export interface ArchiveSource {
  head: Omit<ArchiveHead, 'einlass' | 'format' | 'tables'>;
  files: ArchiveFile[];
  tables: { table: string; columns: string[]; rows: AsyncIterable<Cells> }[];
}

/** Lines are handed on together until they have about so many characters. */
const BLOCK = 64 * 1024;

/** Writes an archive's lines, not yet compressed. @param onTable - told of every table that is written */
export async function* writeArchive(
  { head, files, tables }: ArchiveSource,
  onTable: (figures: TableFigures) => void,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  let lines = 0;
  let block = '';
  const add = (line: unknown): void => {
    block += JSON.stringify(line) + '\n';
    lines += 1;
  };
  const flush = (): Buffer => {
    const bytes = Buffer.from(block, 'utf8');
    hash.update(bytes);
    block = '';
    return bytes;
  };
  add({ einlass: 'backup', format: FORMAT, ...head, tables: tables.map(({ table }) => table) });
  for (const file of files) add(file);
  for (const { table, columns, rows } of tables) {
    const sum = new TableSum();
    add({ table, columns });
    for await (const cells of rows) {
      sum.add(columns, cells);
      add(cells);
      if (block.length > BLOCK) yield flush();
    }
    add({ endOf: table, rows: sum.rows, sum: sum.hex });
    onTable({ table, rows: sum.rows, sum: sum.hex });
  }
  yield flush();
  yield Buffer.from(JSON.stringify({ end: 'backup', lines, sha256: hash.digest('hex') }) + '\n', 'utf8');
}

/** What is found in an archive, in its order. */
export interface ArchiveReader {
  head(head: ArchiveHead): Promise<void> | void;
  file?(file: ArchiveFile): Promise<void> | void;
  rows?(table: string, columns: string[], rows: Cells[]): Promise<void> | void;
  table?(figures: TableFigures): Promise<void> | void;
}

/** How many rows are handed on at once. */
const ROWS_AT_ONCE = 500;

/**
 * Reads an archive to its end and checks every sum in it.
 *
 * @param bytes - unpacked
 * @throws {Damaged} when it is none, or not whole, or of a format that this version does not know
 */
export async function readArchive(bytes: AsyncIterable<Uint8Array>, reader: ArchiveReader): Promise<void> {
  const hash = createHash('sha256');
  let lines = 0;
  let head: ArchiveHead | null = null;
  let table: { name: string; columns: string[]; sum: TableSum; rows: Cells[] } | null = null;
  let ended = false;
  const flush = async (): Promise<void> => {
    if (!table || table.rows.length === 0) return;
    await reader.rows?.(table.name, table.columns, table.rows);
    table.rows = [];
  };
  for await (const line of linesOf(bytes)) {
    if (ended) throw new Damaged('more after its end');
    const value = parseLine(line);
    if (!head) {
      head = readHead(value);
      await reader.head(head);
    } else if (table) {
      if (Array.isArray(value)) {
        const cells = cellsOf(value, table.columns.length);
        table.sum.add(table.columns, cells);
        table.rows.push(cells);
        if (table.rows.length >= ROWS_AT_ONCE) await flush();
      } else {
        const { endOf, rows, sum } = parse(TableEndSchema, value);
        if (endOf !== table.name || rows !== table.sum.rows || sum !== table.sum.hex)
          throw new Damaged(`table ${table.name} is not as it was`);
        await flush();
        await reader.table?.({ table: endOf, rows, sum });
        table = null;
      }
    } else if (v.is(TableSchema, value)) {
      table = { name: value.table, columns: value.columns, sum: new TableSum(), rows: [] };
    } else if (v.is(FileSchema, value)) {
      await reader.file?.(value);
    } else {
      checkEnd(parse(EndSchema, value), lines, hash);
      ended = true;
    }
    hash.update(line).update('\n');
    lines += 1;
  }
  if (!ended) throw new Damaged('cut off');
}

function readHead(value: unknown): ArchiveHead {
  const parsed = v.safeParse(HeadSchema, value);
  if (!parsed.success) throw new Damaged('not a backup of Einlass');
  if (parsed.output.format > FORMAT) throw new Damaged('made by a newer version of Einlass');
  return parsed.output;
}

function checkEnd(end: v.InferOutput<typeof EndSchema>, lines: number, hash: Hash): void {
  if (end.lines !== lines || !sameText(end.sha256, hash.copy().digest('hex'))) throw new Damaged('altered');
}

function parse<Schema extends v.GenericSchema>(schema: Schema, value: unknown): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) throw new Damaged('altered');
  return parsed.output;
}

function cellsOf(value: unknown[], count: number): Cells {
  if (value.length !== count || !value.every((cell) => v.is(CellSchema, cell))) throw new Damaged('altered');
  return value;
}

function parseLine(line: Buffer): unknown {
  try {
    return JSON.parse(line.toString('utf8'));
  } catch {
    throw new Damaged('altered');
  }
}

/** The longest line: a table of registrations that was handed in, several times over. */
const LONGEST_LINE = 256 * 1024 * 1024;

/** Whatever stands behind the last line break is no line. */
async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Buffer[] = [];
  let length = 0;
  for await (const chunk of bytes) {
    let rest = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      yield Buffer.concat([...parts, rest.subarray(0, end)]);
      parts = [];
      length = 0;
      rest = rest.subarray(end + 1);
    }
    parts.push(rest);
    length += rest.length;
    if (length > LONGEST_LINE) throw new Damaged('altered');
  }
  if (length > 0) throw new Damaged('cut off');
}
