import * as v from 'valibot';
import { base64urlToBytes, bytesToBase64url, type Bytes } from '../domain/bytes.ts';
import { CertifiedDeviceSchema, isCertified, type CertifiedDevice } from '../domain/device-certificate.ts';
import type { DeviceId } from '../domain/ids.ts';
import type { EventSetting } from '../domain/setting.ts';
import type { Millis } from '../domain/time.ts';
import type { DoorDatabase } from './database.ts';

/** A tablet of the event, and by what its signature is known. */
export interface Maker {
  id: DeviceId;
  publicKey: Bytes | undefined;
  revokedAt: Millis | null;
}

const MetSchema = v.array(CertifiedDeviceSchema);

/** The event's tablets as the setting names them, and those that this one has met without the server. */
export class MetDevices {
  private readonly db: DoorDatabase;
  private met: Map<DeviceId, CertifiedDevice> | null = null;

  constructor(db: DoorDatabase) {
    this.db = db;
  }

  /** The setting wins: only the server knows whether a tablet was revoked. */
  async find(id: DeviceId, { devices }: EventSetting): Promise<Maker | null> {
    const listed = devices.find((device) => device.id === id);
    if (listed) return { id, publicKey: listed.publicKey, revokedAt: listed.revokedAt };
    const met = (await this.read()).get(id);
    return met ? { id, publicKey: base64urlToBytes(met.publicKey)!, revokedAt: null } : null;
  }

  nameOf(id: DeviceId, { devices }: EventSetting): string | null {
    return (devices.find((device) => device.id === id) ?? this.met?.get(id))?.name ?? null;
  }

  /** As far as this tablet has the server's word for them. */
  async certificatesOf(ids: readonly DeviceId[], { devices }: EventSetting): Promise<CertifiedDevice[]> {
    const met = await this.read();
    return [...new Set(ids)].flatMap((id) => {
      const listed = devices.find((device) => device.id === id);
      if (!listed) return met.get(id) ?? [];
      const { name, publicKey, certificate } = listed;
      return publicKey && certificate
        ? [{ id, name, publicKey: bytesToBase64url(publicKey), certificate }]
        : [];
    });
  }

  /** @throws when the disk refuses */
  async meet(devices: readonly CertifiedDevice[], setting: EventSetting): Promise<void> {
    const met = new Map(await this.read());
    const known = new Set([...setting.devices.map(({ id }) => id), ...met.keys()]);
    const strangers = devices.filter(({ id }) => !known.has(id));
    for (const device of strangers) if (await isCertified(device, setting)) met.set(device.id, device);
    if (met.size === this.met?.size) return;
    await this.db.setFact('met', [...met.values()]);
    this.met = met;
  }

  private async read(): Promise<ReadonlyMap<DeviceId, CertifiedDevice>> {
    if (!this.met) {
      const parsed = v.safeParse(MetSchema, (await this.db.fact('met')) ?? []);
      this.met ??= new Map(parsed.success ? parsed.output.map((device) => [device.id, device]) : []);
    }
    return this.met;
  }
}
