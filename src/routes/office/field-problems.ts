import type { DatesProblem } from '../../lib/domain/event-dates.ts';
import type { CheckpointProblem } from '../../lib/server/checkpoint-setting.ts';
import type { VenueProblem } from '../../lib/server/venue-setting.ts';

/** What can be wrong with a field of an event's set-up. */
export type FieldProblem =
  | 'missing'
  | 'too_long'
  | 'number_wrong'
  | 'moment_wrong'
  | 'in_the_past'
  | 'slug_wrong'
  | 'slug_taken'
  | 'email_wrong'
  | 'email_too_long'
  | 'direction_missing'
  | 'too_many'
  | DatesProblem
  | CheckpointProblem
  | VenueProblem;
