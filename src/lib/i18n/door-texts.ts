import type { m as everyLanguage } from './paraglide-door/messages.js';
import type { Locale } from './index.ts';

type Compiled = typeof everyLanguage;

/** The door's texts, each a function of what it fills in; always in the language that was loaded last. */
type DoorTexts = {
  readonly [Key in keyof Compiled]: (
    ...inputs: Compiled[Key] extends (inputs: infer Inputs, ...rest: never[]) => string
      ? undefined extends Inputs
        ? []
        : [inputs: Inputs]
      : never
  ) => string;
};

type Texts = Record<string, (inputs: unknown) => string>;

const LANGUAGES = import.meta.glob<Texts>(['./paraglide-door/messages/*.js', '!**/_index.js']);

let loaded: Texts = {};

/**
 * Loads the door's texts in one language. A tablet speaks one at a time, and nine would be the largest part
 * of what it loads. Must be done before the first text is asked for; the service worker has every language.
 *
 * @throws where neither the network nor the service worker has the file
 */
export async function loadDoorTexts(locale: Locale): Promise<void> {
  loaded = await LANGUAGES[`./paraglide-door/messages/${locale}.js`]!();
}

/** As `m` of the other parts: `m.door_admitted()`. */
export const m = new Proxy({} as DoorTexts, {
  get: (_, key: string) => (inputs: unknown) => loaded[key]!(inputs),
});
