import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Chance } from './random.ts';

/** The share of connections that come to harm while the weather is bad. */
const HARMED = 0.4;
/** Where in a request or an answer a connection is cut, in bytes. */
const CUT_WITHIN = 3_000;
/** How long bytes are held up, in milliseconds. */
const DELAYED_BY = 800;

/**
 * A TCP proxy: deals the connections out to several processes in turn, as a load balancer does, and passes over one
 * that does not answer the door. In bad weather it cuts requests and answers at random bytes, holds bytes up, and
 * resets connections.
 */
export class Switchboard {
  badWeather = false;
  /** How many connections have come to harm. */
  harmed = 0;
  private readonly targets: readonly number[];
  private readonly chance: Chance;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private turn = 0;

  private constructor(targets: readonly number[], chance: Chance) {
    this.targets = targets;
    this.chance = chance;
    this.server = createServer((client) => this.keep(client) && this.dial(client, this.targets.length));
  }

  /** @param targets - the ports of the processes behind it */
  static async open(targets: readonly number[], chance: Chance): Promise<Switchboard> {
    const board = new Switchboard(targets, chance);
    await new Promise<void>((resolve) => board.server.listen(0, '127.0.0.1', resolve));
    return board;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private keep(socket: Socket): Socket {
    this.sockets.add(socket);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('error', () => undefined);
    return socket;
  }

  private dial(client: Socket, tries: number): void {
    if (tries === 0) return void client.destroy();
    const port = this.targets[this.turn++ % this.targets.length]!;
    const server = this.keep(connect(port, '127.0.0.1'));
    server.once('connect', () => this.join(client, server));
    server.once('error', () => !server.readyState.startsWith('open') && this.dial(client, tries - 1));
  }

  private join(client: Socket, server: Socket): void {
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    if (!this.badWeather || !this.chance.is(HARMED)) {
      client.pipe(server);
      server.pipe(client);
      return;
    }
    this.harmed += 1;
    const [harmed, whole] = this.chance.is(0.5) ? [client, server] : [server, client];
    whole.pipe(harmed);
    this.harm(harmed, whole);
  }

  /** Passes on what comes from one side until the harm is done. */
  private harm(from: Socket, to: Socket): void {
    let left = this.chance.whole(0, CUT_WITHIN);
    const reset = this.chance.is(0.5);
    const delayed = this.chance.is(0.4) ? this.chance.whole(1, DELAYED_BY) : 0;
    from.on('data', (bytes) => {
      const part = bytes.subarray(0, left);
      left -= part.length;
      const pass = () => {
        if (to.writable) to.write(part);
        if (part.length === bytes.length) return;
        for (const socket of [from, to]) {
          if (reset) socket.resetAndDestroy();
          else socket.end(() => socket.destroy());
        }
      };
      if (delayed) setTimeout(pass, delayed);
      else pass();
    });
  }
}
