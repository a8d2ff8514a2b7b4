import type {
  CheckpointId,
  DeviceId,
  EventId,
  RegistrationId,
  ScanId,
  WorkgroupId,
} from '../../src/lib/domain/ids.ts';
import type { ScanRole } from '../../src/lib/domain/decision.ts';
import { NO_NEEDS } from '../../src/lib/domain/access-needs.ts';
import type { Direction } from '../../src/lib/domain/setting.ts';
import type { Installation } from '../../src/lib/server/installation.ts';
import { settleConflict } from '../../src/lib/server/conflicts.ts';
import { checkByHand, lastByHand, registerAtDesk, undoByHand } from '../../src/lib/server/desk.ts';
import { createPairingCode, lockDevice, renameDevice, revokeDevice } from '../../src/lib/server/devices.ts';
import { createEvent, touchSetting } from '../../src/lib/server/events.ts';
import { reissueByOffice, runBatch, correctRegistration } from '../../src/lib/server/office-registrations.ts';
import { moveRegistration, setRegistrationState } from '../../src/lib/server/places.ts';
import { registerByOffice } from '../../src/lib/server/registrations.ts';
import {
  cancelOwnRegistration,
  changeOwnRegistration,
  eraseOwnRegistration,
} from '../../src/lib/server/self-service.ts';
import type { Ledger } from './ledger.ts';
import { v7 } from './seams/uuid.ts';
import type { Server } from './server.ts';
import { smallEvent } from './small-event.ts';
import type { World } from './world.ts';

/** A ticket that somebody holds in their hands, valid or not. */
export interface Paper {
  text: string;
  registrationId: RegistrationId;
  whose: string;
  workgroup: string;
}

interface RegistrationRow {
  id: RegistrationId;
  name: string;
  state: 'confirmed' | 'waitlisted' | 'cancelled';
  workgroup_id: WorkgroupId;
}

const ROLES: readonly ScanRole[] = ['counts', 'counts', 'further_person', 'mistake'];

/** The organisers, and the registrants at their own phones. */
export class Office {
  readonly checkpoints: CheckpointId[];
  readonly workgroups: WorkgroupId[];
  eventId!: EventId;
  /** Everybody's name that ever was: none may lie open on a tablet. */
  readonly names = new Set<string>();
  readonly erasedNames = new Set<string>();
  private readonly world: World;
  private readonly ledger: Ledger;
  private readonly server: Server;
  private readonly rooms: number;

  constructor(world: World, ledger: Ledger, server: Server) {
    this.world = world;
    this.ledger = ledger;
    this.server = server;
    this.rooms = world.chance.between(1, 3);
    const numbers = Array.from({ length: this.rooms }, (_, i) => `w${i + 1}`);
    this.workgroups = numbers as WorkgroupId[];
    this.checkpoints = ['hall', ...numbers].map((room) => `${room}-door` as CheckpointId);
  }

  async open(): Promise<void> {
    const { chance } = this.world;
    const event = smallEvent(chance, this.rooms);
    this.eventId = (await this.server.act('createEvent', (installation) =>
      createEvent(installation, event),
    ))!;
    for (let i = chance.between(2, 6); i > 0; i--) await this.register();
  }

  /** What may be shown at a door: everybody's tickets, replaced ones too. */
  papers(): Paper[] {
    return this.server
      .rows<Paper>(
        `select tickets.text as text, registrations.id as registrationId, registrations.name as whose, workgroup_id as workgroup
        from tickets join registrations on registrations.id = tickets.registration_id order by tickets.id`,
      )
      .filter(({ text }) => text !== '');
  }

  registrations(): RegistrationRow[] {
    return this.server.rows<RegistrationRow>(
      'select id, name, state, workgroup_id from registrations order by id',
    );
  }

  newName(): string {
    const name = `Guest${this.names.size + 1}${this.world.chance.pick(['ä', 'ż', 'i', 'ı'])}`;
    this.names.add(name);
    return name;
  }

  async register(): Promise<void> {
    const { chance } = this.world;
    const name = this.newName();
    const workgroupId = chance.pick(this.workgroups);
    const state = chance.happens(0.15) ? 'waitlisted' : 'confirmed';
    const submissionId = crypto.randomUUID();
    await this.act(`registers ${name}, ${state}`, async (installation) => {
      await registerByOffice(installation, this.eventId, {
        submissionId,
        name,
        email: `${name}@example.org`,
        workgroupId,
        locale: 'de',
        origin: 'office',
        state,
        consented: true,
        needs: { ...NO_NEEDS, wheelchair: chance.happens(0.2), other: '' },
        affiliation: 'school',
      });
      return 'done';
    });
  }

  /** Something that changes a registration, by the office or by the person. */
  async change(): Promise<void> {
    const { chance } = this.world;
    const rows = this.registrations().filter(({ name }) => name !== '');
    if (rows.length === 0) return;
    const { id, name, state } = chance.pick(rows);
    const workgroupId = chance.pick(this.workgroups);
    const { eventId } = this;
    switch (chance.weighed({ cancel: 3, confirm: 3, move: 3, reissue: 4, own: 2, correct: 1, erase: 1 })) {
      case 'cancel':
        return this.act(`cancels ${name}`, async (installation) => {
          const own = chance.happens(0.5);
          if (own) return (await cancelOwnRegistration(installation, eventId, id)).kind;
          return (await runBatch(installation, eventId, [id], { kind: 'cancel' })).kind;
        });
      case 'confirm':
        return this.act(
          `puts ${name} ${state === 'confirmed' ? 'on the waiting list' : 'in'}`,
          async (installation) => {
            await setRegistrationState(
              installation,
              eventId,
              id,
              state === 'confirmed' ? 'waitlisted' : 'confirmed',
            );
            return 'done';
          },
        );
      case 'move':
        return this.act(`moves ${name} to ${workgroupId}`, async (installation) => {
          await moveRegistration(installation, eventId, id, workgroupId);
          return 'done';
        });
      case 'reissue':
        return this.act(
          `gives ${name} a new ticket`,
          async (installation) => (await reissueByOffice(installation, eventId, id)).kind,
        );
      case 'own':
        return this.act(`${name} changes to ${workgroupId}`, async (installation) => {
          const changes = { name, email: `${name}@example.org`, needs: NO_NEEDS, workgroupId };
          return (await changeOwnRegistration(installation, eventId, id, changes)).kind;
        });
      case 'correct': {
        const corrected = this.newName();
        return this.act(
          `corrects ${name} to ${corrected}`,
          async (installation) =>
            (
              await correctRegistration(installation, eventId, id, {
                name: corrected,
                email: null,
                needs: NO_NEEDS,
              })
            ).kind,
        );
      }
      case 'erase':
        return this.act(`${name} is erased`, async (installation) => {
          await eraseOwnRegistration(installation, eventId, id);
          this.erasedNames.add(name);
          return 'done';
        });
    }
  }

  /** The reception desk does by hand what a tablet does with a ticket. */
  async desk(): Promise<void> {
    const { chance } = this.world;
    const rows = this.registrations();
    const { eventId } = this;
    const checkpointId = chance.pick(this.checkpoints);
    const direction: Direction = chance.happens(0.7) ? 'entry' : 'exit';
    const kind = chance.weighed({ check: 4, undo: 2, walkIn: 1 });
    if (kind === 'walkIn' || rows.length === 0) {
      const name = this.newName();
      const submissionId = crypto.randomUUID();
      const workgroupId = chance.pick(this.workgroups);
      const walkIn = {
        submissionId,
        name,
        email: null,
        needs: NO_NEEDS,
        workgroupId,
        locale: 'de',
        overbook: true,
      };
      return this.act(
        `takes ${name} in at the desk`,
        async (installation) => (await registerAtDesk(installation, eventId, walkIn)).kind,
      );
    }
    const { id: registrationId, name } = chance.pick(rows);
    if (kind === 'check') {
      const asked = {
        id: v7() as ScanId,
        registrationId,
        checkpointId,
        direction,
        why: 'lost phone',
        override: chance.happens(0.4),
      };
      const twice = chance.happens(0.2);
      await this.act(`checks ${name} by hand at ${checkpointId}, ${direction}`, async (installation) => {
        if (twice) void checkByHand(installation, eventId, asked).catch(() => undefined);
        return (await checkByHand(installation, eventId, asked)).kind;
      });
      return;
    }
    await this.act(`takes back what the desk did with ${name}`, async (installation) => {
      const state = await installation.states.read(eventId);
      const last = lastByHand(state, registrationId);
      if (!last) return 'nothing';
      return (await undoByHand(installation, eventId, registrationId, last.id)).kind;
    });
  }

  /** The office looks at its conflicts, and decides one, or one that it decided before. */
  settle(): Promise<void> {
    const { chance } = this.world;
    return this.act('settles a conflict', async (installation) => {
      const state = await installation.states.read(this.eventId);
      const open = state.conflicts().map(({ scans }) => scans);
      const settled = state.settled().map(({ scans }) => scans);
      const cases = open.length > 0 && chance.happens(0.8) ? open : [...open, ...settled];
      if (cases.length === 0) return 'none';
      const sorted = cases.sort((a, b) => (a[0]!.id < b[0]!.id ? -1 : 1));
      const scans = chance.pick(sorted).map(({ id }) => ({ id, role: chance.pick(ROLES) }));
      const { kind } = await settleConflict(installation, this.eventId, scans);
      return `${kind}: ${scans.map(({ role }) => role).join(', ')}`;
    });
  }

  /** Changes a rule of a door. */
  rule(): Promise<void> {
    const { chance } = this.world;
    const id = chance.pick(this.checkpoints);
    const reentry = chance.pick(['after_exit', 'never', 'always'] as const);
    return this.act(`lets people in at ${id} again: ${reentry}`, async ({ db, news }) => {
      await db.transaction().execute(async (tx) => {
        await tx.updateTable('checkpoints').set({ reentry }).where('id', '=', id).execute();
        await touchSetting(tx, this.eventId);
      });
      news.publish(this.eventId);
      return 'done';
    });
  }

  async pairingCode(): Promise<string | null> {
    return this.server.act('createPairingCode', (installation) =>
      createPairingCode(installation, this.eventId),
    );
  }

  async revoke(id: DeviceId, name: string): Promise<void> {
    await this.act(`revokes ${name}`, async (installation) => {
      await revokeDevice(installation, this.eventId, id);
      return 'done';
    });
    const [row] = this.server.rows<{ revoked_at: number | null }>(
      'select revoked_at from devices where id = ?',
      id,
    );
    if (row?.revoked_at) this.ledger.revokedAt.set(id, row.revoked_at);
  }

  lock(id: DeviceId, name: string): Promise<void> {
    return this.act(`wants ${name} locked`, async (installation) => {
      await lockDevice(installation, this.eventId, id);
      return 'done';
    });
  }

  rename(id: DeviceId, name: string): Promise<void> {
    return this.act(`renames ${name}`, (installation) =>
      renameDevice(installation, this.eventId, id, `${name}-${this.world.scheduler.tasksRun}`),
    );
  }

  private async act(what: string, work: (installation: Installation) => Promise<string>): Promise<void> {
    const outcome = await this.server.act(what, work);
    this.world.tell(`office: ${what} → ${outcome ?? 'no answer'}`);
  }
}
