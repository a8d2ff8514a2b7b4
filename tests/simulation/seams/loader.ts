import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.join(import.meta.dirname, '..', '..', '..');
const sources = pathToFileURL(path.join(root, 'src')).href;
const uuid = pathToFileURL(path.join(import.meta.dirname, 'uuid.ts')).href;

/** A deliberate fault: one exact place in one file of the product, and what stands there instead. */
export interface Change {
  /** Below `src/`. */
  file: string;
  from: string;
  to: string;
}

/** Loads the product as its bundler would, with the seams in place of what it can't control, and with a fault if asked. */
export function loadProduct(change: Change | null): void {
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier.startsWith('$lib/')) {
        const file = specifier.replace('$lib', path.join(root, 'src', 'lib'));
        return next(pathToFileURL(file.endsWith('.ts') ? file : `${file}.ts`).href, context);
      }
      if (specifier === 'uuid' && context.parentURL?.startsWith(sources)) return next(uuid, context);
      const withoutEnding = /^\.{1,2}\/[^.]*$/.test(specifier);
      return next(
        withoutEnding && context.parentURL?.startsWith(sources) ? `${specifier}.ts` : specifier,
        context,
      );
    },
    load(url, context, next) {
      const loaded = next(url, context);
      if (!change || url !== `${sources}/${change.file}`) return loaded;
      const source = Buffer.from(loaded.source as Uint8Array).toString();
      const parts = source.split(change.from);
      if (parts.length !== 2)
        throw new Error(
          `${change.file} holds what shall be changed ${parts.length - 1} times: ${change.from}`,
        );
      return { ...loaded, source: parts.join(change.to) };
    },
  });
}
