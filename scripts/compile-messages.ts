import { compile } from '@inlang/paraglide-js';
import { paraglideProjects } from './paraglide-options.ts';

// Type checks and lint read the generated texts; the dev server and the build make their own.
for (const options of paraglideProjects) await compile(options);
