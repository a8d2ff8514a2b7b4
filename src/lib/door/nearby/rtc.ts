import { hexToBytes, type Bytes } from '../../domain/bytes.ts';
import { describeSession, sessionOf, type Description } from '../../domain/nearby/session-description.ts';
import { DAY, SECOND } from '../../domain/time.ts';
import type { Connection, ConnectionEnd, ConnectionListener, Connector, Credentials } from './connection.ts';

/** No server in the internet has a part in this: only addresses in the local network are used. */
const CONFIGURATION: RTCConfiguration = { iceServers: [] };
/** The browser may take so long to find its addresses, in milliseconds; what it has by then must do. */
const GATHERING = 2 * SECOND;
/** Addresses that can reach each other do so within this, in milliseconds. */
const CONNECTING = 15 * SECOND;
/** How long the certificate is good, in milliseconds; longer than any event is prepared. */
const CERTIFICATE_LIFETIME = 300 * DAY;

/** Whether this browser can link up with other tablets at all. */
export function canLink(): boolean {
  return typeof RTCPeerConnection === 'function';
}

/** @param kept - the certificate that was kept; `keep` is handed a new one where there is none, or an old one */
export async function openConnector(
  kept: RTCCertificate | null,
  keep: (certificate: RTCCertificate) => Promise<void>,
): Promise<Connector> {
  let certificate = kept && kept.expires > Date.now() + DAY ? kept : null;
  try {
    if (!certificate) {
      const algorithm = { name: 'ECDSA', namedCurve: 'P-256', expires: CERTIFICATE_LIFETIME };
      certificate = await RTCPeerConnection.generateCertificate(algorithm);
      await keep(certificate);
    }
  } catch {
    // It then makes one for each connection, and can't be told when it returns.
    certificate = null;
  }
  return new RtcConnector(certificate);
}

class RtcConnector implements Connector {
  readonly certificate: string | null;
  private readonly configuration: RTCConfiguration;

  constructor(certificate: RTCCertificate | null) {
    this.configuration = certificate ? { ...CONFIGURATION, certificates: [certificate] } : CONFIGURATION;
    const print = certificate?.getFingerprints?.().find(({ algorithm }) => algorithm === 'sha-256')?.value;
    this.certificate = print?.replaceAll(':', '').toLowerCase() ?? null;
  }

  async offer(): Promise<Connection> {
    const peer = new RTCPeerConnection(this.configuration);
    const channel = peer.createDataChannel('einlass', { ordered: true });
    const connection = new RtcConnection(peer, channel);
    await peer.setLocalDescription();
    await gathered(peer);
    return connection;
  }

  async answer(offer: Description, patience: number): Promise<Connection> {
    const peer = new RTCPeerConnection(this.configuration);
    const connection = new RtcConnection(peer, null);
    await peer.setRemoteDescription({ type: 'offer', sdp: sessionOf(offer, 'offer') });
    await peer.setLocalDescription();
    await gathered(peer);
    connection.expect(patience);
    return connection;
  }

  async stand(
    credentialsFor: (description: Description) => Promise<Credentials>,
    certificate: string,
  ): Promise<Connection> {
    const connection = await this.offer();
    const answer: Description = {
      ...(await credentialsFor(connection.description)),
      setup: 'active',
      fingerprint: hexToBytes(certificate),
      candidates: [],
    };
    await (connection as RtcConnection).awaitReturn(answer);
    return connection;
  }

  async comeBack(offer: Description, { ufrag, pwd }: Credentials): Promise<Connection> {
    const peer = new RTCPeerConnection(this.configuration);
    const connection = new RtcConnection(peer, null);
    await peer.setRemoteDescription({ type: 'offer', sdp: sessionOf(offer, 'offer') });
    const { sdp = '' } = await peer.createAnswer();
    await peer.setLocalDescription({
      type: 'answer',
      sdp: sdp
        .replace(/^a=ice-ufrag:.*$/m, `a=ice-ufrag:${ufrag}`)
        .replace(/^a=ice-pwd:.*$/m, `a=ice-pwd:${pwd}`)
        .replace(/^a=setup:.*$/m, 'a=setup:active'),
    });
    // Nobody needs this end's addresses. The other waits already: whoever waited for them would miss its first word.
    connection.expect();
    return connection;
  }
}

/** Waits until the browser has found its addresses. @throws when the other side would not understand what they are */
async function gathered(peer: RTCPeerConnection): Promise<void> {
  if (peer.iceGatheringState !== 'complete')
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, GATHERING);
      peer.addEventListener('icegatheringstatechange', () => {
        if (peer.iceGatheringState !== 'complete') return;
        clearTimeout(timer);
        resolve();
      });
    });
  if (describeSession(peer.localDescription?.sdp ?? '')) return;
  peer.close();
  throw new Error('this browser opens no data channel');
}

const NOBODY: ConnectionListener = {
  onOpen: () => undefined,
  onMessage: () => undefined,
  onEnd: () => undefined,
};

class RtcConnection implements Connection {
  private readonly peer: RTCPeerConnection;
  private channel: RTCDataChannel | null;
  private listener = NOBODY;
  /** The other has answered, so that the Wi-Fi lets them talk; perhaps nobody has shown it this one's code. */
  private isReached = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private state: 'waiting' | 'open' | 'over' = 'waiting';

  /** To be made before anything is awaited: the other's channel may come at any time, and is told only once. */
  constructor(peer: RTCPeerConnection, channel: RTCDataChannel | null) {
    this.peer = peer;
    this.channel = channel;
    if (channel) this.wire(channel);
    peer.addEventListener('datachannel', (event) => this.wire(event.channel));
    // One that fails may come about all the same, when the other reads the answer late, or wakes up: time decides.
    peer.addEventListener('iceconnectionstatechange', () => {
      this.isReached ||= peer.iceConnectionState === 'connected' || peer.iceConnectionState === 'completed';
    });
    peer.addEventListener('connectionstatechange', () => {
      if (peer.connectionState === 'closed') this.end('ended');
    });
  }

  /** Whole as soon as the browser has found its addresses. */
  get description(): Description {
    return describeSession(this.peer.localDescription!.sdp)!;
  }

  listen(listener: ConnectionListener): void {
    this.listener = listener;
    if (this.state === 'open') listener.onOpen();
  }

  async accept(answer: Description): Promise<void> {
    await this.peer.setRemoteDescription({ type: 'answer', sdp: sessionOf(answer, 'answer') });
    this.expect();
  }

  /** Waits for a tablet whose answer is known already, for as long as it takes. */
  async awaitReturn(answer: Description): Promise<void> {
    await this.peer.setRemoteDescription({ type: 'answer', sdp: sessionOf(answer, 'answer') });
  }

  /** From now on both sides know each other's addresses. */
  expect(patience = CONNECTING): void {
    this.timer ??= setTimeout(() => this.end(this.isReached ? 'ended' : 'forbidden'), patience);
  }

  send(bytes: Bytes): void {
    if (this.channel?.readyState === 'open') this.channel.send(bytes);
  }

  close(): void {
    this.state = 'over';
    clearTimeout(this.timer);
    this.peer.close();
  }

  private wire(channel: RTCDataChannel): void {
    this.channel = channel;
    channel.binaryType = 'arraybuffer';
    const open = () => {
      if (this.state !== 'waiting') return;
      this.state = 'open';
      clearTimeout(this.timer);
      this.listener.onOpen();
    };
    channel.addEventListener('open', open);
    channel.addEventListener('close', () => this.end('ended'));
    channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (data instanceof ArrayBuffer) this.listener.onMessage(new Uint8Array(data));
    });
    if (channel.readyState === 'open') open();
  }

  private end(why: ConnectionEnd): void {
    if (this.state === 'over') return;
    this.close();
    this.listener.onEnd(why);
  }
}
