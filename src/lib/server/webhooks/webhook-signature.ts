import { createHmac, randomBytes } from 'node:crypto';
import { SECOND, type Millis } from '../../domain/time.ts';

const PREFIX = 'whsec_';

/** A webhook's secret as its receiver is given it: 32 random bytes in base64, behind what says what it is. */
export function createWebhookSecret(): string {
  return PREFIX + randomBytes(32).toString('base64');
}

/** The headers that say who sends a message, by the Standard Webhooks scheme, version 1. */
export function signatureHeaders(
  secret: string,
  id: string,
  sentAt: Millis,
  body: string,
): Record<string, string> {
  const timestamp = Math.floor(sentAt / SECOND);
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,${signature}`,
  };
}
