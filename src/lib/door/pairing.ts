import { bytesToBase64url } from '../domain/bytes.ts';
import { handInTokenOf } from '../domain/hand-in-token.ts';
import { keyIdOf } from '../domain/signing.ts';
import type { DoorStore } from './store.ts';
import type { Transport } from './transport.ts';

export type PairingResult = 'paired' | 'still_waiting' | 'bad_code' | 'too_many_attempts' | 'no_network';

/**
 * Makes this browser a tablet of the event that the code belongs to. What an earlier pairing still has to hand in goes
 * first (`still_waiting`).
 */
export async function pairTablet(
  store: DoorStore,
  transport: Transport,
  code: string,
  name: string,
): Promise<PairingResult> {
  if (store.waiting + store.waitingRelayed > 0) return 'still_waiting';
  const { publicKey, privateKey } = await store.pairingKey();
  const answer = await transport.pair({ code, name, publicKey: bytesToBase64url(publicKey) });
  if (answer.kind === 'no_network') return 'no_network';
  if (answer.kind === 'refused') {
    if (answer.status === 429) return 'too_many_attempts';
    // A server that is out of order has not judged the code.
    return answer.status >= 500 ? 'no_network' : 'bad_code';
  }
  const { deviceId, eventId, token, serverTime } = answer.body;
  const keyId = await keyIdOf(publicKey);
  const handInToken = await handInTokenOf(token);
  await store.pair({ deviceId, eventId, name, token, handInToken, keyId, privateKey }, serverTime);
  return 'paired';
}
