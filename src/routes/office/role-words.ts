import type { Role } from '$lib/domain/office-rights';
import { m, type Locale } from '$lib/i18n';

/** A text, by default in the reader's language. */
export type Words = (inputs?: Record<string, never>, options?: { locale?: Locale }) => string;

/** A role's name, and what it may do, in words. */
export const ROLE_WORDS: Record<Role, { name: Words; may: Words }> = {
  viewer: { name: m.members_role_viewer, may: m.members_may_viewer },
  reception: { name: m.members_role_reception, may: m.members_may_reception },
  organiser: { name: m.members_role_organiser, may: m.members_may_organiser },
  owner: { name: m.members_role_owner, may: m.members_may_owner },
};
