import { redirect } from '@sveltejs/kit';
import { hasSignedOut } from '$lib/server/auth';

/** For whoever has been signed out while a request of theirs was on its way. @throws any other error as it is */
export function signInAgain(error: unknown): never {
  if (hasSignedOut(error)) redirect(303, '/office/sign-in');
  throw error;
}
