import { afterEach, beforeEach, expect, test } from 'vitest';
import { actions as signIn } from '../../src/routes/office/sign-in/+page.server.ts';
import { actions as feedback } from '../../src/routes/office/[event]/feedback/+page.server.ts';
import { demoEvent } from '../../src/lib/server/demo-event.ts';
import { createEvent } from '../../src/lib/server/events.ts';
import { testInstallation, type TestInstallation } from '../support/installation.ts';

let site: TestInstallation;
beforeEach(async () => {
  site = await testInstallation();
});
afterEach(() => site.dispose());

/** A post whose body says that it is a form, and is none. */
function post(params: Record<string, string>) {
  const url = new URL('http://localhost:3000/');
  const headers = { 'content-type': 'multipart/form-data; boundary=other' };
  const request = new Request(url, { method: 'POST', headers, body: '--x' });
  const locals = { installation: site.installation, organiser: null };
  return { request, url, params, locals, getClientAddress: () => '192.0.2.7' } as never;
}

test('a sign-in whose form cannot be read asks for what is missing', async () => {
  expect(await signIn.default!(post({}))).toMatchObject({ status: 400, data: { problem: 'missing' } });
});

test('a report of a barrier is not deleted by a form that cannot be read', async () => {
  const { slug } = demoEvent(site.installation.clock());
  await createEvent(site.installation, demoEvent(site.installation.clock()));
  await expect(feedback.delete!(post({ event: slug }))).rejects.toMatchObject({ status: 400 });
});
