// The image's health check: exits with 0 when this machine's server lives. Usage: node scripts/healthcheck.mjs
const port = process.env.PORT ?? '3000';
const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(2_000) }).catch(
  () => null,
);
process.exit(answer?.ok ? 0 : 1);
