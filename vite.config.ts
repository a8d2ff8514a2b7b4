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
    // By itself Vitest leaves one processor idle, which is half of two.
    maxWorkers: '100%',
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Passwords are slow to hash on purpose, and slower on a busy machine.
          testTimeout: 30_000,
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/scenarios/**', 'tests/e2e/**', 'tests/postgres/**', 'tests/faults/**'],
        },
      },
      {
        // The tests of what the server keeps, once more, on a real PostgreSQL.
        extends: true,
        test: {
          name: 'postgres',
          testTimeout: 30_000,
          hookTimeout: 60_000,
          include: [
            'tests/postgres/*.test.ts',
            'tests/server/{account-admin,account-reset,accounts,factor-loss,proof,second-factor-demand}.test.ts',
            'tests/server/{announcements,attempts,brought-scans,conflicts,desk,devices}.test.ts',
            'tests/server/{erasure,event-setup,events,feed,feedback,live-view,members}.test.ts',
            'tests/server/{office-registrations,own-account,own-data,place-assignment}.test.ts',
            'tests/server/{provider-sign-in,registration,registration-export,registration-import,stream-access}.test.ts',
            'tests/server/{registration-list,relayed,second-factor,self-service,venue-setting}.test.ts',
            'tests/server/{api,mail,webhooks}/*.test.ts',
            'tests/server/database/insert-scans.test.ts',
          ],
          globalSetup: 'tests/support/postgres-setup.ts',
          env: { EINLASS_TEST_STORE: 'postgres' },
        },
      },
      {
        // What scans go through, once more, where their table is divided.
        extends: true,
        test: {
          name: 'partitions',
          testTimeout: 30_000,
          hookTimeout: 60_000,
          include: [
            'tests/postgres/{at-once,commit-order}.test.ts',
            'tests/routes/door-api.test.ts',
            'tests/server/{conflicts,desk,erasure,feed,live-view,own-data,relayed}.test.ts',
            'tests/server/database/insert-scans.test.ts',
          ],
          globalSetup: 'tests/support/postgres-setup.ts',
          env: { EINLASS_TEST_STORE: 'postgres', EINLASS_TEST_PARTITIONS: '4' },
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
