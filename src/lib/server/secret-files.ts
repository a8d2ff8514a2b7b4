import { readFileSync } from 'node:fs';

type Environment = Record<string, string | undefined>;

/** What may stand in a file that `NAME_FILE` names, so that neither a process list nor a unit file tells it. */
export const SECRET_VARIABLES = [
  'DATABASE_URL',
  'EINLASS_READ_DATABASE_URL',
  'EINLASS_SECRET',
  'EINLASS_SMTP_URL',
  'EINLASS_OIDC_CLIENT_SECRET',
];

/**
 * The environment with what its secrets' files hold, without the white space around it.
 *
 * @throws with a sentence that names the variable, and never what is in the file
 */
export function withSecretFiles(environment: Environment): Environment {
  const values = { ...environment };
  for (const name of SECRET_VARIABLES) {
    const variable = `${name}_FILE`;
    const file = environment[variable];
    if (file === undefined) continue;
    if (environment[name] !== undefined)
      throw new Error(`${variable}: is set beside ${name}; one of them is enough`);
    if (file.trim() === '') throw new Error(`${variable}: is empty`);
    const secret = contentOf(file.trim());
    if (secret === null) throw new Error(`${variable}: the file cannot be read`);
    if (secret === '') throw new Error(`${variable}: the file is empty`);
    values[name] = secret;
  }
  return values;
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
