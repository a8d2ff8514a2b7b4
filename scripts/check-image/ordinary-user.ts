import { spawnSync } from 'node:child_process';

/** As whom the steps run; empty: as whoever calls. */
export type User = { uid?: number; gid?: number };

const NAME = 'einlass-image';

/** An account without rights; made where root calls and there is none yet. */
export function ordinaryUser(): User {
  if (process.getuid?.() !== 0) return {};
  if (idOf('-u') === null) spawnSync('useradd', ['--system', '--user-group', '--no-create-home', NAME]);
  const uid = idOf('-u');
  const gid = idOf('-g');
  if (uid === null || gid === null) throw new Error('There is no ordinary user to run the steps as.');
  return { uid, gid };
}

function idOf(flag: '-u' | '-g'): number | null {
  const { status, stdout } = spawnSync('id', [flag, NAME], { encoding: 'utf8' });
  return status === 0 ? Number(stdout) : null;
}

/** Gives a folder to the user and runs a command as them. @throws when it fails */
export function become(
  user: User,
  [command, ...args]: [string, ...string[]],
  { own }: { own: string },
): void {
  if (user.uid !== undefined) spawnSync('chown', ['-R', `${user.uid}:${user.gid}`, own]);
  const done = spawnSync(command, args, { ...user, encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr}`);
}
