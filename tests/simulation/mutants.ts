import type { Change } from './seams/loader.ts'; export const MUTANTS: (Change & { name: string })[] = [];
