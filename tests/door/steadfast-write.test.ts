import { expect, test, vi } from 'vitest';
import type { DoorDatabase } from '../../src/lib/door/database.ts';
import { NotStored, writeSteadfastly } from '../../src/lib/door/steadfast-write.ts';

const named = (name: string) => Object.assign(new Error(name), { name });
const never = new Promise<never>(() => undefined);
/** Time passes only for a try that hangs. */
const patience = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

function connection({ closed = false } = {}) {
  const close = vi.fn();
  return { db: { close, hasBeenClosed: () => closed } as unknown as DoorDatabase, close };
}

test('a write that succeeds is done once', async () => {
  const { db, close } = connection();
  const write = vi.fn(async () => 'stored');
  expect(await writeSteadfastly(db, write, () => never)).toBe('stored');
  expect(write).toHaveBeenCalledTimes(1);
  expect(close).not.toHaveBeenCalled();
});

test.each(['DatabaseClosedError', 'InvalidStateError', 'UnknownError'])(
  'a connection that was dropped (%s) is opened anew and the write tried once more',
  async (name) => {
    const { db, close } = connection();
    const write = vi.fn().mockRejectedValueOnce(named(name)).mockResolvedValueOnce('stored');
    expect(await writeSteadfastly(db, write, () => never)).toBe('stored');
    expect(close).toHaveBeenCalledWith({ disableAutoOpen: false });
  },
);

test('a connection that hangs is opened anew and the write tried once more', async () => {
  const { db, close } = connection();
  const write = vi.fn().mockReturnValueOnce(never).mockResolvedValueOnce('stored');
  expect(await writeSteadfastly(db, write, patience)).toBe('stored');
  expect(close).toHaveBeenCalledTimes(1);
});

test('two tries are all: then the write is refused, and neither may begin late', async () => {
  const { db } = connection();
  const asked: (() => boolean)[] = [];
  const write = (givenUp: () => boolean) => {
    asked.push(givenUp);
    return never;
  };
  await expect(writeSteadfastly(db, write, patience)).rejects.toBeInstanceOf(NotStored);
  expect(asked.map((givenUp) => givenUp())).toEqual([true, true]);
});

test('a first try that was only slow counts, while the second is still under way', async () => {
  const { db } = connection();
  let finish!: (value: string) => void;
  const slow = new Promise<string>((resolve) => (finish = resolve));
  const write = vi
    .fn()
    .mockReturnValueOnce(slow)
    .mockImplementationOnce(() => {
      finish('stored');
      return never;
    });
  expect(await writeSteadfastly(db, write, patience)).toBe('stored');
});

test('a full disk is not asked again', async () => {
  const { db } = connection();
  const write = vi.fn().mockRejectedValue(named('QuotaExceededError'));
  await expect(writeSteadfastly(db, write, () => never)).rejects.toBeInstanceOf(NotStored);
  expect(write).toHaveBeenCalledTimes(1);
});

test('an app that is being closed does not open its database again', async () => {
  const { db } = connection({ closed: true });
  const write = vi.fn().mockRejectedValue(named('DatabaseClosedError'));
  await expect(writeSteadfastly(db, write, () => never)).rejects.toBeInstanceOf(NotStored);
  expect(write).toHaveBeenCalledTimes(1);
});

test('what ends well after it was given up on is told, so that it can be taken back', async () => {
  const { db } = connection();
  let finish!: (value: string) => void;
  const slow = new Promise<string>((resolve) => (finish = resolve));
  const write = vi.fn().mockReturnValueOnce(slow).mockRejectedValueOnce(named('QuotaExceededError'));
  const refused = await writeSteadfastly<string>(db, write, patience).catch((error: unknown) => error);
  finish('stored late');
  expect(await (refused as NotStored<string>).late).toBe('stored late');
});

test('what ends well late is told although the other try hangs for ever', async () => {
  const { db } = connection();
  let finish!: (value: string) => void;
  const slow = new Promise<string>((resolve) => (finish = resolve));
  const write = vi.fn().mockReturnValueOnce(never).mockReturnValueOnce(slow);
  const refused = await writeSteadfastly<string>(db, write, patience).catch((error: unknown) => error);
  finish('stored late');
  expect(await (refused as NotStored<string>).late).toBe('stored late');
});
