import type { FeedStatus } from './live-feed';

/**
 * Leads away from a page that has nothing more to show: to the sign-in, and back afterwards, or to the page that says
 * that there is no access.
 *
 * @param go - SvelteKit's `goto`
 */
export function leaveWhenEnded(
  status: FeedStatus,
  { pathname }: URL,
  go: (to: string, options: { invalidateAll: true }) => Promise<void>,
): void {
  if (status === 'signed_out')
    void go(`/office/sign-in?${new URLSearchParams({ to: pathname })}`, { invalidateAll: true });
  else if (status === 'no_access') void go('/office/no-access', { invalidateAll: true });
}
