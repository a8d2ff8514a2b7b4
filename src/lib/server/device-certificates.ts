import { certifyDevice } from '../domain/device-certificate.ts';
import type { EventId } from '../domain/ids.ts';
import type { EventSettingWire } from '../domain/setting.ts';
import { signingKey } from './events.ts';
import type { Installation } from './installation.ts';

/** Signing is the same each time, and a setting goes out to every tablet of the event. */
const made = new Map<string, string>();
const MOST_KEPT = 5_000;

/** Puts the event's word for each of its tablets into a setting, so that they can show it to each other. */
export async function certifyDevices(
  installation: Installation,
  eventId: EventId,
  setting: EventSettingWire,
): Promise<void> {
  const { keyId, privateKey } = await signingKey(installation, eventId);
  for (const device of setting.devices) {
    const { id, name, publicKey } = device;
    if (!publicKey || device.revokedAt != null) continue;
    const content = JSON.stringify([keyId, eventId, id, name, publicKey]);
    const certificate =
      made.get(content) ?? (await certifyDevice(eventId, { id, name, publicKey }, privateKey));
    if (made.size >= MOST_KEPT) made.clear();
    made.set(content, certificate);
    device.certificate = certificate;
  }
}
