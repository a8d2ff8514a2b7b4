// `npm run einlass -- COMMAND`: what whoever runs the server does with an installation (backup, restore, verify, move,
// organiser, account, rotate-keys, status); `npm run einlass -- help` tells more. Reads the same environment as the server.
import { runCommand } from '../src/lib/server/operation/command-line.ts';

process.exitCode = await runCommand(process.argv.slice(2), process.env, (line) => console.log(line));
