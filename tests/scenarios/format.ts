import * as v from 'valibot';
import { VerdictWordSchema } from '../../src/lib/domain/verdict.ts';

/** The format of stories: what happens at the door, step by step, and what must be seen. */

const time = v.pipe(v.string(), v.regex(/^\d\d:\d\d(:\d\d)?$/));
const offset = v.pipe(v.string(), v.regex(/^[+-]\d\d:\d\d:\d\d$/));
const direction = v.picklist(['entry', 'exit']);
const text = v.string();
const count = v.number();

const Scanned = v.union([
  text,
  v.strictObject({ text }),
  v.strictObject({ tampered: text }),
  v.strictObject({ otherEvent: v.literal(true) }),
]);

const reading = { at: text, device: text, time, direction: v.optional(direction, 'entry') };

const STEPS = {
  register: v.strictObject({
    register: text,
    workgroup: text,
    state: v.optional(v.picklist(['confirmed', 'waitlisted']), 'confirmed'),
  }),
  cancel: v.strictObject({ cancel: text }),
  confirm: v.strictObject({ confirm: text }),
  move: v.strictObject({ move: text, workgroup: text }),
  reissue: v.strictObject({ reissue: text, as: text }),
  revokeDevice: v.strictObject({ revokeDevice: text }),
  sync: v.strictObject({ sync: text }),
  /** From tablet to tablet, without a server; `expect` counts the records that are new there. */
  handOver: v.strictObject({
    handOver: text,
    to: text,
    way: v.picklist(['pictures', 'local_network']),
    altered: v.optional(v.boolean(), false),
    expect: v.optional(count),
  }),
  lostAnswer: v.strictObject({ lostAnswer: text }),
  clock: v.strictObject({ clock: text, offset }),
  crash: v.strictObject({ crash: text }),
  scan: v.strictObject({ scan: Scanned, ...reading, expect: v.optional(VerdictWordSchema) }),
  override: v.strictObject({
    override: Scanned,
    ...reading,
    by: text,
    why: text,
    expect: v.optional(VerdictWordSchema),
  }),
  undo: v.strictObject({ undo: text, device: text }),
  walkIn: v.strictObject({ walkIn: text, name: text, workgroup: text, device: text, time }),
  /** What the office finds out about a ticket's conflict; `scan` counts the conflict's scans from 1, by default the last. */
  settle: v.strictObject({
    settle: text,
    as: v.picklist(['one_person', 'two_persons', 'mistake']),
    scan: v.optional(count),
  }),
  headcount: v.strictObject({ headcount: v.record(text, count), seenBy: text }),
  venue: v.strictObject({ venue: count, seenBy: text }),
  conflicts: v.strictObject({ conflicts: count }),
  outbox: v.strictObject({ outbox: count, device: text }),
  scansStored: v.strictObject({ scansStored: count }),
  /** Which tablet has brought a tablet's scans to the server; null: itself. */
  broughtBy: v.strictObject({ broughtBy: v.nullable(text), madeBy: text }),
};

/** One step: a name for what it does, and its values. */
export type Step = {
  [Name in keyof typeof STEPS]: { kind: Name; values: v.InferOutput<(typeof STEPS)[Name]> };
}[keyof typeof STEPS];

/** A step is told by the one of its fields that names a kind of step. @throws on a step that nobody knows how to play */
export function parseStep(raw: unknown): Step {
  const fields = v.parse(v.record(v.string(), v.unknown()), raw);
  const kind = (Object.keys(STEPS) as (keyof typeof STEPS)[]).find((name) => name in fields);
  if (!kind) throw new Error(`no such step: ${JSON.stringify(raw)}`);
  return { kind, values: v.parse(STEPS[kind], raw) } as Step;
}

const Setting = v.strictObject({
  rooms: v.optional(v.record(text, v.strictObject({ capacity: count })), {}),
  checkpoints: v.optional(
    v.record(
      text,
      v.strictObject({
        reentry: v.optional(v.picklist(['after_exit', 'never', 'always'])),
        admits: v.optional(v.picklist(['anyone', 'own_workgroup'])),
      }),
    ),
    {},
  ),
});
export type StorySetting = v.InferOutput<typeof Setting>;

export const StoriesSchema = v.object({
  stories: v.array(
    v.object({
      name: text,
      why: v.optional(text),
      setting: v.optional(Setting, {}),
      steps: v.array(v.unknown()),
    }),
  ),
});
export type Story = v.InferOutput<typeof StoriesSchema>['stories'][number];
