import MiniSearch from 'minisearch';
import type { RegistrationId } from '../domain/ids.ts';
import { foldings, foldPart, nameParts } from '../domain/name-folding.ts';
import { isErased, type Registration } from '../domain/registration.ts';

/** How many names are taken into the index before the page gets its turn. */
const CHUNK = 100;

/** Fewer letters than this find half the roster. */
export const SHORTEST_QUERY = 2;

interface Entry {
  id: RegistrationId;
  name: string;
}

/** Finds people in the roster by name, while it is being typed, and with typing mistakes. */
export class NameSearch {
  private readonly index = new MiniSearch<Entry>({
    fields: ['name'],
    tokenize: nameParts,
    processTerm: foldings,
    searchOptions: { processTerm: foldPart, prefix: true, combineWith: 'AND' },
  });
  /** Whom the index holds under which name. */
  private readonly names = new Map<RegistrationId, string>();

  /**
   * Brings the index up to the roster, a piece at a time.
   *
   * @param pause - lets the page do what else it has to do
   */
  async follow(roster: ReadonlyMap<RegistrationId, Registration>, pause: () => Promise<void>): Promise<void> {
    for (const id of [...this.names.keys()]) {
      if (!roster.has(id)) this.drop(id);
    }
    let changed = 0;
    for (const registration of [...roster.values()]) {
      if (this.names.get(registration.id) === registration.name) continue;
      this.take(registration);
      changed += 1;
      if (changed % CHUNK === 0) await pause();
    }
  }

  /**
   * Who is meant, the likeliest first. Names that begin as typed come before names that are only like it.
   *
   * @param limit - the most hits
   */
  find(query: string, limit: number): RegistrationId[] {
    if (nameParts(query).join('').length < SHORTEST_QUERY) return [];
    const found = this.index.search(query).map(({ id }) => id as RegistrationId);
    if (found.length < limit) {
      const similar = this.index.search(query, { fuzzy: allowedMistakes, maxFuzzy: 2 });
      const known = new Set(found);
      found.push(...similar.map(({ id }) => id as RegistrationId).filter((id) => !known.has(id)));
    }
    return found.slice(0, limit);
  }

  private take(registration: Registration): void {
    this.drop(registration.id);
    if (isErased(registration)) return;
    this.index.add({ id: registration.id, name: registration.name });
    this.names.set(registration.id, registration.name);
  }

  private drop(id: RegistrationId): void {
    if (!this.names.delete(id)) return;
    this.index.discard(id);
  }
}

/** In letters: one in a word of four, two from eight on. */
function allowedMistakes(term: string): number | false {
  if (term.length < 4) return false;
  return term.length < 8 ? 1 : 2;
}
