import { certaintyOf, type CertaintyLevel, type CertaintyPart } from '$lib/domain/certainty';
import type { LiveDevice } from '$lib/domain/live-view';
import { intlTag, m, type Locale } from '$lib/i18n';
import { formatSpan } from './moments';

const LEVELS: Record<CertaintyLevel, () => string> = {
  nothing: m.certainty_nothing,
  sure: m.certainty_sure,
  missing: m.certainty_missing,
  unsure: m.certainty_unsure,
};

function partWords(part: CertaintyPart, locale: Locale): string {
  const count = part.tablets;
  switch (part.kind) {
    case 'up_to_date':
      return m.certainty_up_to_date({ count });
    case 'waiting':
      return m.certainty_waiting({ count, scans: part.scans });
    case 'silent':
      return atLeast(m.certainty_silent({ count, span: formatSpan(part.longest, locale) }), part.scans);
    case 'revoked_waiting':
      return m.certainty_revoked_waiting({ count, scans: part.scans });
    case 'revoked_silent':
      return atLeast(m.certainty_revoked_silent({ count }), part.scans);
  }
}

/** Of the unknown scans some may have been seen waiting. */
const atLeast = (part: string, scans: number) => (scans > 0 ? m.certainty_at_least({ part, scans }) : part);

export interface CertaintyWords {
  level: CertaintyLevel;
  /** `Die Zahl kann abweichen`. */
  judgement: string;
  /** `3 Tablets auf dem Stand und …`; empty where there is nothing to say. */
  reasons: string;
}

/** How sure the headcount is, in words. @param now - by the server's clock */
export function certaintyWords(devices: readonly LiveDevice[], now: number, locale: Locale): CertaintyWords {
  const { level, parts } = certaintyOf(devices, now);
  const list = new Intl.ListFormat(intlTag(locale), { type: 'conjunction' });
  return {
    level,
    judgement: LEVELS[level](),
    reasons: list.format(parts.map((part) => partWords(part, locale))),
  };
}
