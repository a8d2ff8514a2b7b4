import path from 'node:path';
import { paraglideVitePlugin } from '@inlang/paraglide-js';
import { sveltekit } from '@sveltejs/kit/vite';
import { defineConfig } from 'vitest/config';
import { paraglideProjects } from './scripts/paraglide-options.ts';

export default defineConfig({
  plugins: [...paraglideProjects.map((options) => paraglideVitePlugin(options)), sveltekit()],
  resolve: {
    alias: {
      '@inlang/paraglide-js/urlpattern-polyfill': path.join(
        import.meta.dirname,
        'src/lib/i18n/no-polyfill.ts',
      ),
    },
  },
  test: {
    environment: 'node',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Passwords are slow to hash on purpose, and slower on a busy machine.
          testTimeout: 30_000,
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/scenarios/**', 'tests/e2e/**', 'tests/faults/**'],
        },
      },
      {
        extends: true,
        test: { name: 'scenarios', include: ['tests/scenarios/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        // Drives the built app in a browser: one file at a time, and only after `npm run build`.
        extends: true,
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        // Kills the built app, and fills up its disk; only after `npm run build`.
        extends: true,
        test: {
          name: 'faults',
          include: ['tests/faults/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 120_000,
        },
      },
    ],
  },
});
