/** The fields of a form that waits, in their order: names may come several times. */
export type Kept = [name: string, value: string][];

/** More than any form has that waits here. */
const MOST = 200;

export const PROOF_FIELDS = { password: 'proof_password', code: 'proof_code' } as const;

/** What was posted: the waiting form's own fields, and the proof where there is one. */
export async function readPosted(
  request: Request,
): Promise<{ kept: Kept; password: string | null; code: string | null }> {
  const data = await request.formData().catch(() => new FormData());
  const texts = [...data].filter((field): field is [string, string] => typeof field[1] === 'string');
  const valueOf = (name: string) => texts.find((field) => field[0] === name)?.[1] ?? null;
  const proofs: string[] = Object.values(PROOF_FIELDS);
  return {
    kept: texts.filter(([name]) => !proofs.includes(name)).slice(0, MOST),
    password: valueOf(PROOF_FIELDS.password),
    code: valueOf(PROOF_FIELDS.code),
  };
}
