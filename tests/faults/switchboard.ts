import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { pause, type Chance } from './random.ts';

/** How long bytes are held up at the most, in milliseconds. */
const DELAYED_BY = 800;

/**
 * A TCP proxy: deals the connections out to several processes in turn, as a load balancer does, and passes over one
 * that does not answer the door. In bad weather it cuts what passes at a random byte, holds it up, and resets
 * connections, in either direction.
 */
export class Switchboard {
  badWeather = false;
  /** How many times something that passed has come to harm. */
  harmed = 0;
  private readonly targets: readonly number[];
  private readonly chance: Chance;
  private readonly harm: number;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private turn = 0;

  private constructor(targets: readonly number[], chance: Chance, harm: number) {
    this.targets = targets;
    this.chance = chance;
    this.harm = harm;
    this.server = createServer((client) => this.dial(this.keep(client), this.targets.length));
  }

  /**
   * @param targets - the ports of the processes behind it
   * @param harm - the share of what passes in bad weather that comes to harm
   */
  static async open(targets: readonly number[], chance: Chance, harm = 0.15): Promise<Switchboard> {
    const board = new Switchboard(targets, chance, harm);
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
    if (tries === 0 || client.destroyed) return void client.destroy();
    const port = this.targets[this.turn++ % this.targets.length]!;
    const server = this.keep(connect(port, '127.0.0.1'));
    let connected = false;
    server.once('connect', () => {
      connected = true;
      this.carry(client, server);
      this.carry(server, client);
    });
    server.once('close', () => (connected ? client.destroy() : this.dial(client, tries - 1)));
    client.once('close', () => server.destroy());
  }

  /** Carries what comes from one side to the other, in its order. */
  private carry(from: Socket, to: Socket): void {
    let queue = Promise.resolve();
    from.on('data', (bytes) => {
      queue = queue.then(() => this.pass(bytes, from, to));
    });
    from.on('end', () => {
      queue = queue.then(() => void to.end());
    });
  }

  private async pass(bytes: Buffer, from: Socket, to: Socket): Promise<void> {
    if (!this.badWeather || !this.chance.is(this.harm)) return this.write(to, bytes);
    this.harmed += 1;
    if (this.chance.is(0.3)) {
      await pause(this.chance.whole(1, DELAYED_BY));
      return this.write(to, bytes);
    }
    const resets = this.chance.is(0.5);
    this.write(to, bytes.subarray(0, this.chance.whole(0, bytes.length - 1)));
    for (const socket of [from, to]) {
      if (resets) socket.resetAndDestroy();
      else socket.destroySoon();
    }
  }

  private write(to: Socket, bytes: Buffer): void {
    if (to.writable && bytes.length > 0) to.write(bytes);
  }
}
