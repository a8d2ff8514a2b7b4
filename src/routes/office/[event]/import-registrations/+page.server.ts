import { fail, redirect } from '@sveltejs/kit';
import { listWorkgroups } from '$lib/server/events';
import { checkImport, findImport, runImport } from '$lib/server/registration-import/import';
import { MOST_BYTES } from '$lib/server/registration-import/table';
import { eventOf } from '../event-of';
import { readOptions, readImportId } from './import-form';
import { viewChecked } from './import-view';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ params, url, locals: { installation } }) => {
  const { id } = await eventOf(installation, params.event);
  const importId = readImportId(url.searchParams.get('import'));
  const workgroups = await listWorkgroups(installation.db, id);
  return {
    workgroups: workgroups.map(({ id, number, title }) => ({ id, number, title })),
    result: importId ? ((await findImport(installation, id, importId))?.result ?? null) : null,
  };
};

export const actions: Actions = {
  check: async ({ params, request, locals: { installation } }) => {
    const { id } = await eventOf(installation, params.event);
    if (Number(request.headers.get('content-length') ?? 0) > MOST_BYTES)
      return fail(413, { problem: 'too_large' as const });
    const data = await request.formData().catch(() => new FormData());
    const file = data.get('file');
    if (!(file instanceof File) || file.size === 0) return fail(400, { problem: 'empty' as const });
    const checked = await checkImport(installation, id, new Uint8Array(await file.arrayBuffer()));
    if ('problem' in checked) return fail(400, { problem: checked.problem });
    const view = viewChecked(checked);
    return checked.id ? { view, importId: checked.id } : fail(400, { view });
  },
  import: async ({ params, request, locals: { installation, organiser } }) => {
    const { id, slug } = await eventOf(installation, params.event);
    const data = await request.formData().catch(() => new FormData());
    const importId = readImportId(data.get('import'));
    if (!importId) return fail(400, { problem: 'gone' as const });
    const options = readOptions(data);
    const outcome = await runImport(installation, id, importId, options, organiser);
    switch (outcome.kind) {
      case 'imported':
        redirect(303, `/office/${slug}/import-registrations?${new URLSearchParams({ import: importId })}`);
      // eslint-disable-next-line no-fallthrough -- redirect() throws
      case 'refused':
        return fail(409, { view: viewChecked(outcome), importId, options });
      case 'gone':
        return fail(400, { problem: 'gone' as const });
    }
  },
};
