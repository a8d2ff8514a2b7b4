import { fail } from '@sveltejs/kit';
import { importScanFile, type ImportOutcome } from '$lib/server/scan-import';
import type { Actions } from './$types';
import { eventOf } from '../event-of';

export const actions: Actions = {
  default: async ({ params, request, locals: { installation, organiser } }) => {
    const event = await eventOf(installation, params.event);
    const data = await request.formData().catch(() => new FormData());
    const file = data.get('file');
    if (!(file instanceof File) || file.size === 0) return fail(400, { outcome: NO_FILE });
    const bytes = new Uint8Array(await file.arrayBuffer());
    const outcome = await importScanFile(installation, event.id, bytes, organiser);
    return outcome.kind === 'imported' ? { outcome } : fail(400, { outcome });
  },
};

const NO_FILE: ImportOutcome = { kind: 'refused', why: 'not_a_file' };
