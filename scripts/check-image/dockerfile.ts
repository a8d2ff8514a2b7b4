/** One stage of a Dockerfile: what is done to make it, and what it says of how it runs. */
export interface Stage {
  from: string;
  name: string | null;
  steps: Step[];
  env: Record<string, string>;
  /** The last one: where its command runs. */
  workdir: string;
  volumes: string[];
  user: string | null;
  stopSignal: string | null;
  healthcheck: string[] | null;
  command: string[] | null;
}

export type Step =
  | { kind: 'run'; workdir: string; script: string }
  | { kind: 'copy'; workdir: string; from: string | null; sources: string[]; target: string };

/**
 * Reads a Dockerfile, as far as ours goes: an instruction that it does not know is an error, not left out.
 *
 * @throws with the line that it can't read
 */
export function readDockerfile(text: string): Stage[] {
  const stages: Stage[] = [];
  const joined = text.replaceAll(/\\\n\s*/g, ' ');
  for (const line of joined.split('\n').map((part) => part.trim())) {
    if (line === '' || line.startsWith('#')) continue;
    const [, word = '', rest = ''] = /^(\w+)\s+(.+)$/.exec(line) ?? [];
    if (word === 'FROM') {
      const [, from = rest, name = null] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(rest) ?? [];
      stages.push({
        ...{ from, name, steps: [], env: {}, workdir: '/', volumes: [] },
        ...{ user: null, stopSignal: null, healthcheck: null, command: null },
      });
      continue;
    }
    const stage = stages.at(-1);
    if (!stage) throw new Error(`Before the first FROM: ${line}`);
    readInstruction(stage, word, rest, line);
  }
  return stages;
}

function readInstruction(stage: Stage, word: string, rest: string, line: string): void {
  const { workdir } = stage;
  switch (word) {
    case 'WORKDIR':
      stage.workdir = rest;
      break;
    case 'RUN':
      stage.steps.push({ kind: 'run', workdir, script: rest });
      break;
    case 'COPY':
      stage.steps.push({ kind: 'copy', workdir, ...readCopy(rest) });
      break;
    case 'ENV': {
      const [, name, value] = /^(\w+)=(\S*)$/.exec(rest) ?? [];
      if (name === undefined || value === undefined) throw new Error(`Not NAME=value: ${line}`);
      stage.env[name] = value;
      break;
    }
    case 'VOLUME':
      stage.volumes.push(rest);
      break;
    case 'USER':
      stage.user = rest;
      break;
    case 'STOPSIGNAL':
      stage.stopSignal = rest;
      break;
    case 'HEALTHCHECK':
      stage.healthcheck = readList(rest.replace(/^(--\S+\s+)*CMD\s+/, ''), line);
      break;
    case 'CMD':
      stage.command = readList(rest, line);
      break;
    case 'EXPOSE':
      break;
    default:
      throw new Error(`Not understood: ${line}`);
  }
}

function readCopy(rest: string): { from: string | null; sources: string[]; target: string } {
  const words = rest.split(/\s+/);
  const flags = words.filter((word) => word.startsWith('--'));
  const paths = words.filter((word) => !word.startsWith('--'));
  const from = flags.find((flag) => flag.startsWith('--from='))?.slice('--from='.length) ?? null;
  const target = paths.pop();
  if (target === undefined || paths.length === 0) throw new Error(`Nothing to copy: COPY ${rest}`);
  return { from, sources: paths, target };
}

/** Commands are lists, so that no shell stands between a signal and the server. */
function readList(text: string, line: string): string[] {
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((part) => typeof part === 'string')) return list;
  } catch {
    // Said below.
  }
  throw new Error(`Not a list such as ["node", "file"]: ${line}`);
}
