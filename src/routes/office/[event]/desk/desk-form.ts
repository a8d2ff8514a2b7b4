import * as v from 'valibot';
import { CheckpointIdSchema, ScanIdSchema } from '../../../../lib/domain/ids.ts';
import { STAFF_TEXT_LENGTH } from '../../../../lib/domain/scan.ts';
import { DirectionSchema } from '../../../../lib/domain/setting.ts';
import type { DeskScan } from '../../../../lib/server/desk.ts';
import { textOf, tidy } from '../../../(public)/person-fields.ts';

/** What somebody at the desk has typed, to be shown again. */
export interface TypedCheck {
  checkpoint: string;
  direction: string;
  why: string;
}

const CheckSchema = v.object({
  id: ScanIdSchema,
  checkpointId: CheckpointIdSchema,
  direction: DirectionSchema,
});

export function readTypedCheck(data: FormData): TypedCheck {
  return {
    checkpoint: textOf(data, 'checkpoint'),
    direction: textOf(data, 'direction'),
    why: tidy(textOf(data, 'why')).slice(0, STAFF_TEXT_LENGTH),
  };
}

/** Reads the form of the desk; what no form of ours sends is unreadable. */
export function readCheckForm(
  data: FormData,
): { check: Omit<DeskScan, 'registrationId'> } | { problem: 'why_missing' | 'unreadable' } {
  const { checkpoint, direction, why } = readTypedCheck(data);
  const parsed = v.safeParse(CheckSchema, { id: textOf(data, 'scan'), checkpointId: checkpoint, direction });
  if (!parsed.success) return { problem: 'unreadable' };
  if (why === '') return { problem: 'why_missing' };
  return { check: { ...parsed.output, why, override: textOf(data, 'override') === 'yes' } };
}
