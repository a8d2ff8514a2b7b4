import type { Role } from '$lib/domain/office-rights';
import { m } from '$lib/i18n';

/** A role's name, and what it may do, in words. */
export const ROLE_WORDS: Record<Role, { name: () => string; may: () => string }> = {
  viewer: { name: m.members_role_viewer, may: m.members_may_viewer },
  reception: { name: m.members_role_reception, may: m.members_may_reception },
  organiser: { name: m.members_role_organiser, may: m.members_may_organiser },
  owner: { name: m.members_role_owner, may: m.members_may_owner },
};
