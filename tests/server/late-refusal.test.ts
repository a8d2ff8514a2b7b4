import { APIError } from 'better-auth/api';
import pg from 'pg';
import { describe, expect, test } from 'vitest';
import { lateRefusalAnswer, lateRefusalOf } from '../../src/lib/server/late-refusal.ts';

describe('what only comes out when something is asked of the store', () => {
  const asked = (path: string, headers: Record<string, string> = {}) => {
    const url = new URL(path, 'https://einlass.test');
    return { request: new Request(url, { headers }), url, isDataRequest: false };
  };
  const unstorable = Object.assign(new pg.DatabaseError('no', 2, 'error'), { code: '22021' });
  const signedOut = new APIError('UNAUTHORIZED');

  test('a character that no text has is the sender’s error', () => {
    expect(lateRefusalOf(unstorable)).toBe('unstorable');
    expect(lateRefusalAnswer(asked('/forum'), 'unstorable').status).toBe(400);
  });

  test('whose session has just ended is sent to sign in, in the form that is understood', async () => {
    expect(lateRefusalOf(signedOut)).toBe('signed_out');
    const page = lateRefusalAnswer(asked('/office/account'), 'signed_out');
    expect([page.status, page.headers.get('location')]).toEqual([303, '/office/sign-in']);
    const action = asked('/office/account', { 'x-sveltekit-action': 'true' });
    expect(await lateRefusalAnswer(action, 'signed_out').json()).toMatchObject({ type: 'redirect' });
    expect(lateRefusalAnswer(asked('/api/office/events'), 'signed_out').status).toBe(401);
  });

  test('a bug is a bug', () => {
    for (const error of [
      new TypeError(),
      new APIError('BAD_REQUEST'),
      new pg.DatabaseError('no', 2, 'error'),
    ])
      expect(lateRefusalOf(error)).toBeNull();
  });
});
