import * as v from 'valibot';
import { newPasswordSchema, OrganiserFormSchema, type OrganiserForm } from '$lib/server/organiser-form';
import type { Operator } from '$lib/server/operator';

/** What somebody typed, less the password, and what is wrong with each field. */
export interface OrganiserFormProblems {
  entered: { name: string; email: string };
  problems: { name?: string | undefined; email?: string | undefined; password?: string | undefined };
}

export type OrganiserFormRead =
  { kind: 'form'; form: OrganiserForm } | ({ kind: 'problems' } & OrganiserFormProblems);

/**
 * Reads the form that makes an account.
 *
 * @param operator - who runs the installation, whose name makes no password
 */
export function readOrganiserForm(data: FormData, operator: Operator): OrganiserFormRead {
  const entered = { name: textOf(data.get('name')), email: textOf(data.get('email')) };
  const schema = v.object({
    ...OrganiserFormSchema.entries,
    password: newPasswordSchema([entered.name, entered.email, operator.name ?? '']),
  });
  const parsed = v.safeParse(schema, { ...entered, password: textOf(data.get('password')) });
  if (parsed.success) return { kind: 'form', form: parsed.output };
  const { nested } = v.flatten<typeof schema>(parsed.issues);
  const problems = { name: nested?.name?.[0], email: nested?.email?.[0], password: nested?.password?.[0] };
  return { kind: 'problems', entered, problems };
}

/** What is said of an address that the account can't be made with. */
export function refusedEmail({ name, email }: OrganiserForm): OrganiserFormProblems {
  return { entered: { name, email }, problems: { email: 'email_malformed' } };
}

function textOf(value: FormDataEntryValue | null): string {
  return typeof value === 'string' ? value : '';
}
