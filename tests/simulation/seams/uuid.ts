import { v7 as makeV7 } from 'uuid';

/** The `uuid` package without its memory of the last id, which would outlive a program that is killed. */
export { v4, v5 } from 'uuid';

export function v7(): string {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return makeV7({ random, msecs: Date.now() });
}
