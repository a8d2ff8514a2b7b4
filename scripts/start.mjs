// `npm start`: from a fresh clone to a running server, and nothing else.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { buildIfStale, install, node, root } from './setup.mjs';

try {
  install();
  buildIfStale();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}

const server = spawn(node(), [path.join(root, 'scripts', 'serve.mjs')], {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    NODE_ENV: process.env.NODE_ENV ?? 'production',
    PORT: process.env.PORT ?? '3000',
    HOST: process.env.HOST ?? '0.0.0.0',
    EINLASS_DATA: process.env.EINLASS_DATA ?? 'data',
    EINLASS_WELCOME: '1',
  },
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal));
server.on('exit', (code) => process.exit(code ?? 1));
