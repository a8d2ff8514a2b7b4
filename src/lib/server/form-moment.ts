import { millis, SECOND, type Millis } from '../domain/time.ts';
import type { Installation } from './installation.ts';
import { sameBytes } from './secrets.ts';

/** Nobody reads a form and fills it in faster, in milliseconds. */
const FASTEST = 3 * SECOND;

/** The moment at which a form is made, to be sent with it, with a proof that this installation has made it. */
export function stampForm(installation: Pick<Installation, 'secrets'>, moment: Millis): string {
  const text = moment.toString(36);
  return `${text}.${proofOf(installation, text)}`;
}

/** What a form's stamp tells: whether a person has had the time to fill it in. No form is ever too old. */
export type FormAge = 'filled_in' | 'too_fast' | 'no_stamp';

export function readFormAge(installation: Pick<Installation, 'secrets' | 'clock'>, stamp: string): FormAge {
  const [text = '', proof = ''] = stamp.split('.');
  if (!sameBytes(Buffer.from(proof), Buffer.from(proofOf(installation, text)))) return 'no_stamp';
  return installation.clock() - millis(parseInt(text, 36)) < FASTEST ? 'too_fast' : 'filled_in';
}

function proofOf({ secrets }: Pick<Installation, 'secrets'>, text: string): string {
  return secrets.proof('form-moment', Buffer.from(text, 'utf8')).toString('base64url');
}
