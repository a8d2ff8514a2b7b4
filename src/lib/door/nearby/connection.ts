import type { Bytes } from '../../domain/bytes.ts';
import type { Description } from '../../domain/nearby/session-description.ts';

/** Why a connection is over. */
export type ConnectionEnd =
  /** Both knew each other's addresses, and nothing came through: the Wi-Fi lets its guests not talk to each other. */
  | 'forbidden'
  /** It was open, and is closed; or the other can be reached, and did not take it up. */
  | 'ended';

export interface ConnectionListener {
  onOpen(): void;
  onMessage(bytes: Bytes): void;
  /** Told once, and never after `close`. */
  onEnd(why: ConnectionEnd): void;
}

/** One attempt at a connection with another tablet. */
export interface Connection {
  /** What the other side must know of this one. */
  readonly description: Description;
  listen(listener: ConnectionListener): void;
  /** Takes the answer to the offer that this is. @throws when the browser can make nothing of it */
  accept(answer: Description): Promise<void>;
  send(bytes: Bytes): void;
  close(): void;
}

/** By what a tablet that returns is known, see `returnCredentials`. */
export interface Credentials {
  ufrag: string;
  pwd: string;
}

/** Makes connections; the browser's WebRTC in the app, something that a test can cut in a test. */
export interface Connector {
  /** SHA-256 of the certificate that outlives the page, in hexadecimal; null where none could be kept. */
  readonly certificate: string | null;
  offer(): Promise<Connection>;
  /** @param patience - how long the answer may take to get there, in milliseconds */
  answer(offer: Description, patience: number): Promise<Connection>;
  /** An offer that stands ready for one tablet, known by its certificate, which answers without sending its answer. */
  stand(
    credentialsFor: (description: Description) => Promise<Credentials>,
    certificate: string,
  ): Promise<Connection>;
  /** Answers such an offer. */
  comeBack(offer: Description, credentials: Credentials): Promise<Connection>;
}
