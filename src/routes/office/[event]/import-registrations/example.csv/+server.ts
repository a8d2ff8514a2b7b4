import { columnName, type Column } from '$lib/domain/registration-columns';
import { writeAffiliation, writeAnswer } from '$lib/domain/registration-words';
import { localizedText } from '$lib/domain/setting';
import { csvResponse } from '$lib/server/csv-stream';
import { listWorkgroups } from '$lib/server/events';
import { eventOf } from '../../event-of';
import { tableLanguage } from '../../table-language';
import type { RequestHandler } from './$types';

const COLUMNS: Column[] = [
  'id',
  'name',
  'email',
  'workgroup',
  'state',
  'language',
  'affiliation',
  'wheelchair',
  'consent',
];

/** A table as it may come in, with people whom there are not, and with the event's own workgroups. */
export const GET: RequestHandler = async ({ params, locals: { installation } }) => {
  const { id, slug } = await eventOf(installation, params.event);
  const language = tableLanguage();
  const workgroups = await listWorkgroups(installation.db, id);
  const title = (index: number) => {
    const workgroup = workgroups[index % Math.max(1, workgroups.length)];
    return workgroup ? localizedText(workgroup.title, language) : '';
  };
  const yes = writeAnswer('yes', language);
  const rows = [
    ['A-1', 'Erika Muster', 'erika.muster@example.org', title(0), '', 'Deutsch', '', '', yes],
    [
      'A-2',
      'Ahmad Beispiel',
      'ahmad.beispiel@example.org',
      title(1),
      '',
      'العربية',
      writeAffiliation('school', language),
      yes,
      yes,
    ],
    ['A-3', 'Ольга Приклад', '', title(2), '', 'Українська', '', '', ''],
  ];
  async function* parts(): AsyncGenerator<string[][], void, void> {
    yield rows;
  }
  const header = COLUMNS.map((column) => columnName(column, language));
  return csvResponse(`einlass-${slug}-example`, header, parts());
};
