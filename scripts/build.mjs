import { build } from './setup.mjs';

process.exitCode = build().status;
