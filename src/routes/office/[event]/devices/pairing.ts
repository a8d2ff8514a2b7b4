/** A pairing code that was just made, as the page shows it. */
export interface Pairing {
  code: string;
  /** The door's address, without the code. */
  address: string;
  /** The QR code of the whole link, as a data URL. */
  qr: string;
  /** When the code was made, by the server's clock. */
  since: number;
}
