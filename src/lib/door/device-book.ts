import type { CertifiedDevice } from '../domain/device-certificate.ts';
import type { DeviceId } from '../domain/ids.ts';

/** What a tablet knows of the event's tablets, for handing it to another one. */
export interface DeviceBook {
  /** Of these, as far as this tablet has the server's word for them. */
  certificatesOf(ids: readonly DeviceId[]): Promise<CertifiedDevice[]>;
  /**
   * Takes the server's word for tablets that this one has not heard of, so that it can prove what they have made. What
   * the server has not certified changes nothing.
   *
   * @throws when the disk refuses
   */
  meet(devices: readonly CertifiedDevice[]): Promise<void>;
}
