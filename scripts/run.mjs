// `node scripts/run.mjs NAME …`: runs the TypeScript script of that name beside this file, after making good what a fresh
// clone lacks.
import { runOnSources } from './setup.mjs';

const [name, ...args] = process.argv.slice(2);
runOnSources(`scripts/${name}.ts`, args);
