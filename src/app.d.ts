import type { Standing } from '$lib/domain/office-rights.ts';
import type { Millis } from '$lib/domain/time.ts';
import type { Locale } from '$lib/i18n';
import type { Organiser } from '$lib/server/accounts.ts';
import type { ApiClient } from '$lib/server/api/api-tokens.ts';
import type { Installation } from '$lib/server/installation.ts';
import type { LateRefusal } from '$lib/server/late-refusal.ts';
import type { StoreTrouble } from '$lib/server/store-trouble.ts';

declare global {
  namespace App {
    interface Error {
      message: string;
      /** Names the entry in the server's log. */
      reference?: string;
    }
    interface Locals {
      installation: Installation;
      /** Who is signed in; known on the office's routes only. */
      organiser: Organiser | null;
      /** Which other system asks, by its token; known on its interface's guarded routes only. */
      client: ApiClient | null;
      /** What they are here, as far as the route is about one event. */
      standing: Standing;
      /** From when on what was tried too often may be tried again; told with an answer of 429. */
      retryAt?: Millis;
      /** Whether the answer shows what is not public yet. */
      preview?: boolean;
      /** What kept the answer from being made, where it was the store. */
      storeTrouble?: StoreTrouble;
      lateRefusal?: LateRefusal;
    }
    interface PageData {
      /** On public pages: the language that the browser asks for, where the page speaks another. */
      offered?: Locale | null;
    }
  }
}

export {};
