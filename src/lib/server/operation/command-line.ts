import { parseArgs } from 'node:util';
import { readConfig } from '../config.ts';
import { COMMANDS } from './commands.ts';
import { HELP } from './help.ts';
import { WrongUse, type Context } from './context.ts';

const OPTIONS = {
  'passphrase-file': { type: 'string' },
  to: { type: 'string' },
  into: { type: 'string' },
  'new-access': { type: 'boolean' },
  disable: { type: 'boolean' },
  enable: { type: 'boolean' },
  'drop-second-factor': { type: 'boolean' },
  'revoke-old': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/**
 * Runs one command of whoever runs the server.
 *
 * @param print - takes a line of plain English for whoever reads the terminal
 * @returns the exit code: 0 in order, 1 a problem was found, 2 the command was not understood
 */
export async function runCommand(
  args: string[],
  environment: Record<string, string | undefined>,
  print: (line: string) => void,
): Promise<0 | 1 | 2> {
  let parsed;
  try {
    parsed = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    print(`${(error as Error).message}\n\n${HELP}`);
    return 2;
  }
  const [name, ...operands] = parsed.positionals;
  if (parsed.values.help || name === 'help') {
    print(HELP);
    return 0;
  }
  const command = name === undefined ? undefined : COMMANDS.get(name);
  if (!command) {
    print(`${name === undefined ? 'Which command?' : `There is no command "${name}".`}\n\n${HELP}`);
    return 2;
  }
  const { help: _, ...values } = parsed.values;
  const foreign = Object.keys(values).find((option) => !command.options.includes(option));
  if (operands.length !== command.operands || foreign) {
    print(`${foreign ? `"${name}" has no option --${foreign}.` : `"${name}" is used like this:`}\n\n${HELP}`);
    return 2;
  }
  try {
    const context: Context = { config: readConfig(environment), print, values };
    return await command.run(context, operands[0] ?? '');
  } catch (error) {
    if (error instanceof WrongUse) {
      print(error.message);
      return 2;
    }
    print(`It did not work: ${(error as Error).message}`);
    return 1;
  }
}
