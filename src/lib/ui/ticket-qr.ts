import QRCode from 'qrcode';

/** A ticket's QR code, drawn. */
export interface TicketQr {
  /** The QR code's version, 1 to 40: the higher, the finer the modules. */
  version: number;
  /** Modules along each side, quiet zone included. */
  size: number;
  /** The dark modules as an SVG path, one unit a module. */
  path: string;
}

/** Light modules around the code, as the standard demands. */
export const QUIET_ZONE = 4;

/** @throws when the text has other characters than QR's alphanumeric mode */
export function drawTicketQr(text: string): TicketQr {
  const { modules, version } = QRCode.create([{ data: text, mode: 'alphanumeric' }], {
    errorCorrectionLevel: 'M',
  });
  let path = '';
  for (let row = 0; row < modules.size; row++) {
    for (let column = 0; column < modules.size; column++) {
      if (!modules.get(row, column)) continue;
      const start = column;
      while (column < modules.size && modules.get(row, column)) column++;
      path += `M${start + QUIET_ZONE} ${row + QUIET_ZONE}h${column - start}v1h${start - column}z`;
    }
  }
  return { version, size: modules.size + 2 * QUIET_ZONE, path };
}
