import { compile } from '@inlang/paraglide-js';
import { paraglideOptions } from './paraglide-options.ts';

// Type checks and lint read the generated texts; the dev server and the build make their own.
await compile(paraglideOptions);
