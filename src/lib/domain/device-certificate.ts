import * as v from 'valibot';
import { base64urlToBytes, bytesToBase64url, joinBytes, type Bytes } from './bytes.ts';
import { DeviceIdSchema, type EventId } from './ids.ts';
import type { EventSetting } from './setting.ts';
import { SignatureSchema, signBytes, verifySignature, type PrivateKey } from './signing.ts';

/**
 * What the server says of a tablet: that it is one of the event's, what it is called, and by which key it signs. Its
 * signature is the server's, so that a tablet believes it from whoever hands it on: one that was paired while others had
 * no server would else be a stranger to them, and all that it makes refused.
 */
export const CertifiedDeviceSchema = v.object({
  id: DeviceIdSchema,
  name: v.pipe(v.string(), v.maxLength(200)),
  /** 32 bytes, in base64url. */
  publicKey: v.pipe(v.string(), v.regex(/^[\w-]{43}$/, 'not a public key')),
  certificate: SignatureSchema,
});
export type CertifiedDevice = v.InferOutput<typeof CertifiedDeviceSchema>;

type Vouched = Omit<v.InferInput<typeof CertifiedDeviceSchema>, 'certificate'>;

/** Says what is signed, so that a signature made for one purpose proves nothing for another. */
const PURPOSE = 'einlass-device';
const VERSION = 1;

/** @param privateKey - of the event, by which it signs its tickets */
export async function certifyDevice(
  eventId: EventId,
  device: Vouched,
  privateKey: PrivateKey,
): Promise<string> {
  return bytesToBase64url(await signBytes(privateKey, certifiedBytes(eventId, device)));
}

/** Whether the event that this setting is of has vouched for a device, by a key that holds. */
export async function isCertified(device: CertifiedDevice, setting: EventSetting): Promise<boolean> {
  const signature = base64urlToBytes(device.certificate)!;
  const bytes = certifiedBytes(setting.eventId, device);
  for (const key of eventKeysOf(setting)) if (await verifySignature(key, bytes, signature)) return true;
  return false;
}

/** Not those of its devices: a tablet can't vouch for another. */
function eventKeysOf({ eventId, keys, devices }: EventSetting): Bytes[] {
  const ofDevices = new Set(devices.map(({ publicKey }) => publicKey && bytesToBase64url(publicKey)));
  return keys
    .filter((key) => key.eventId === eventId && !key.revoked)
    .map(({ publicKey }) => publicKey)
    .filter((publicKey) => !ofDevices.has(bytesToBase64url(publicKey)));
}

/** As `scanBytes`: purpose, version, and a JSON array. */
function certifiedBytes(eventId: EventId, { id, name, publicKey }: Vouched): Bytes {
  const encoder = new TextEncoder();
  const text = JSON.stringify([eventId, id, name, publicKey]);
  return joinBytes(encoder.encode(PURPOSE), Uint8Array.of(VERSION), encoder.encode(text));
}
