import * as v from 'valibot';
import {
  RegistrationIdSchema,
  WorkgroupIdSchema,
  type RegistrationId,
} from '../../../../../lib/domain/ids.ts';
import type { Batch } from '../../../../../lib/server/office-registrations.ts';
import { textOf } from '../../../../(public)/person-fields.ts';

/** Far more than a page of the list shows. */
const MOST = 500;

const IdsSchema = v.pipe(
  v.array(RegistrationIdSchema),
  v.minLength(1),
  v.maxLength(MOST),
  v.transform((ids) => [...new Set(ids)]),
);
const WhatSchema = v.picklist(['move', 'cancel']);

export type BatchForm =
  | { ids: RegistrationId[]; batch: Batch }
  | { problem: 'nobody' }
  | { problem: 'workgroup_missing'; ids: RegistrationId[] }
  /** No form of ours sends such a thing. */
  | { problem: 'malformed' };

/** Reads whom the office has chosen, and what shall be done with them. */
export function readBatch(data: FormData): BatchForm {
  const chosen = data.getAll('registration');
  if (chosen.length === 0) return { problem: 'nobody' };
  const ids = v.safeParse(IdsSchema, chosen);
  const what = v.safeParse(WhatSchema, textOf(data, 'what'));
  if (!ids.success || !what.success) return { problem: 'malformed' };
  if (what.output === 'cancel') return { ids: ids.output, batch: { kind: 'cancel' } };
  const workgroup = v.safeParse(WorkgroupIdSchema, textOf(data, 'workgroup'));
  if (!workgroup.success) return { problem: 'workgroup_missing', ids: ids.output };
  const overbook = textOf(data, 'overbook') === 'yes';
  return { ids: ids.output, batch: { kind: 'move', workgroupId: workgroup.output, overbook } };
}
