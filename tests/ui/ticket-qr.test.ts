import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, test } from 'vitest';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import type { EventId, TicketId } from '../../src/lib/domain/ids.ts';
import { createKeyPair, keyIdOf } from '../../src/lib/domain/signing.ts';
import { issueTicketText } from '../../src/lib/domain/ticket.ts';
import { HOUR, millis } from '../../src/lib/domain/time.ts';
import { drawTicketQr, type TicketQr } from '../../src/lib/ui/ticket-qr.ts';

const QUIET_ZONE = 4;

// By itself, the decoder would fetch its WebAssembly from the network.
beforeAll(async () => {
  const file = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm');
  const wasmBinary = new Uint8Array(readFileSync(file)).buffer;
  await prepareZXingModule({ overrides: { wasmBinary }, fireImmediately: true });
});

async function ticketText(): Promise<string> {
  const { privateKey, publicKey } = await createKeyPair();
  const ticket = {
    keyId: await keyIdOf(publicKey),
    eventId: '00112233aabbccdd' as EventId,
    ticketId: crypto.randomUUID() as TicketId,
    workgroupNumber: 5,
    validFrom: millis(1_668_780_000_000),
    validUntil: millis(1_668_780_000_000 + 3 * HOUR),
  };
  return issueTicketText(ticket, privateKey);
}

/** The path's dark modules, row by row. */
function darkModules({ size, path }: TicketQr): boolean[][] {
  const rows = Array.from({ length: size }, () => Array.from({ length: size }, () => false));
  for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\3z/g))
    rows[Number(y)]!.fill(true, Number(x), Number(x) + Number(width));
  return rows;
}

/** The drawing as a camera would see it, `scale` pixels a module. */
function paint(qr: TicketQr, scale = 4): ImageData {
  const width = qr.size * scale;
  const data = new Uint8ClampedArray(width * width * 4).fill(255);
  darkModules(qr).forEach((row, y) =>
    row.forEach((dark, x) => {
      for (let line = y * scale; dark && line < (y + 1) * scale; line++)
        for (let pixel = x * scale; pixel < (x + 1) * scale; pixel++)
          data.fill(0, (line * width + pixel) * 4, (line * width + pixel) * 4 + 3);
    }),
  );
  return { data, width, height: width, colorSpace: 'srgb' };
}

describe("a ticket's QR code", () => {
  test('is of version 6 at the most', async () => {
    const { version, size } = drawTicketQr(await ticketText());
    expect(version).toBeLessThanOrEqual(6);
    expect(size).toBe(17 + 4 * version + 2 * QUIET_ZONE);
  });

  test('keeps a quiet zone of four modules free on every side', async () => {
    const rows = darkModules(drawTicketQr(await ticketText()));
    const dark = rows.flatMap((row, y) => row.flatMap((is, x) => (is ? [{ x, y }] : [])));
    for (const axis of ['x', 'y'] as const) {
      expect(Math.min(...dark.map((at) => at[axis]))).toBe(QUIET_ZONE);
      expect(Math.max(...dark.map((at) => at[axis]))).toBe(rows.length - QUIET_ZONE - 1);
    }
  });

  test('is read as the text that it was drawn from, with error correction M', async () => {
    for (let i = 0; i < 5; i++) {
      const text = await ticketText();
      const [found] = await readBarcodes(paint(drawTicketQr(text)), { formats: ['QRCode'] });
      expect(found).toMatchObject({ text, ecLevel: 'M', version: '6' });
    }
  });

  test('is drawn of nothing but the characters that keep it small', () => {
    expect(() => drawTicketQr('el:lower case')).toThrow();
  });
});
