import { dirname, join, normalize } from 'node:path';
import { parseSync } from '@swc/core';

/** A file of the project, its path from the root with `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** What a file takes from elsewhere. */
interface Import {
  /** Path from the project's root for a file of the project, without its ending; else the package as it is written. */
  readonly from: string;
  /** Only types, which are gone when the program runs. */
  readonly typeOnly: boolean;
}

interface Rule {
  /** What the rule holds, as its violation says it. */
  readonly says: string;
  /** Files that it is about. */
  readonly of: (path: string) => boolean;
  readonly forbids: (used: Import, path: string) => boolean;
}

const under =
  (...folders: string[]) =>
  (path: string): boolean =>
    folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
const cdk = (from: string): boolean => /^(aws-cdk-lib|constructs|cdk-nag|@aws-cdk)(\/|$)/.test(from);
const isProject = under('lib', 'bin', 'lambda', 'test', 'scripts', 'bench');
const ENGINE = ['engine', 'engine.ts', 'journal.ts', 'history.ts', 'run-state.ts', 'run-folder.ts', 'variables.ts'];
const CONTRACTS = [
  'event',
  'plan',
  'executor',
  'clock',
  ...ENGINE.map((file) => file.replace('.ts', '')),
  'output-text',
];

/** The rooms of the house, and who may look into which. */
export const RULES: readonly Rule[] = [
  {
    says: 'lib/local reads the synthesized template as a stranger: it imports neither lib/cloud nor the CDK',
    of: under('lib/local'),
    forbids: ({ from }) => under('lib/cloud')(from) || cdk(from),
  },
  {
    says: 'lib/local imports nothing of lib/config: what is configured reaches it through the template or as a parameter',
    of: under('lib/local'),
    forbids: ({ from }) => under('lib/config')(from),
  },
  {
    says: 'lib/local shares only types with lib/model',
    of: under('lib/local'),
    forbids: ({ from, typeOnly }) => under('lib/model')(from) && !typeOnly,
  },
  {
    says: 'lib/model imports nothing outside itself',
    of: under('lib/model'),
    forbids: ({ from }) => !under('lib/model')(from),
  },
  {
    says: 'lib/cloud renders: it imports nothing of lib/local',
    of: under('lib/cloud'),
    forbids: ({ from }) => under('lib/local')(from),
  },
  {
    says: 'lib/cloud gets the configuration handed in: of lib/config it imports only types',
    of: under('lib/cloud'),
    forbids: ({ from, typeOnly }) => under('lib/config')(from) && !typeOnly,
  },
  {
    says: 'lib/config imports of the project only itself, lib/model and lib/result, and the types of strategies',
    of: under('lib/config'),
    forbids: ({ from, typeOnly }) =>
      isProject(from) &&
      !under('lib/config', 'lib/model', 'lib/result')(from) &&
      !(typeOnly && from === 'lib/deploy/strategy'),
  },
  {
    says: 'lib/deploy is a program of its own: it imports of the project only itself, lib/provenance, lib/pod-security, lib/result and lib/quantity',
    of: under('lib/deploy'),
    forbids: ({ from }) =>
      isProject(from) && !under('lib/deploy', 'lib/provenance', 'lib/pod-security', 'lib/result', 'lib/quantity')(from),
  },
  {
    says: 'lib/attest is a program of its own: it imports of the project only itself, lib/provenance and lib/result',
    of: under('lib/attest'),
    forbids: ({ from }) => isProject(from) && !under('lib/attest', 'lib/provenance', 'lib/result')(from),
  },
  {
    says: 'lib/provenance is what signer and verifier agree on: it imports of the project only itself and lib/result',
    of: under('lib/provenance'),
    forbids: ({ from }) => isProject(from) && !under('lib/provenance', 'lib/result')(from),
  },
  {
    says: 'lib/ops operates pipelines through the AWS SDK alone: it imports of the project only itself, lib/provenance and lib/result',
    of: under('lib/ops'),
    forbids: ({ from }) => isProject(from) && !under('lib/ops', 'lib/provenance', 'lib/result')(from),
  },
  {
    says: 'lib/cost and lib/quotas read the synthesized templates as strangers: of the project only themselves, lib/inventory, lib/result and types of runs',
    of: under('lib/cost', 'lib/quotas'),
    forbids: ({ from, typeOnly }, path) =>
      isProject(from) &&
      !under('lib/inventory', 'lib/result', dirname(path))(from) &&
      !(typeOnly && from === 'lib/local/history'),
  },
  {
    says: 'the engine imports no executor: of the project only itself, its contracts and lib/result',
    of: (path) => ENGINE.some((file) => under(`lib/local/${file}`)(path)),
    forbids: ({ from }) =>
      isProject(from) && !under('lib/result', ...CONTRACTS.map((file) => `lib/local/${file}`))(from),
  },
  {
    says: 'a pipeline as a service imports no executor: of the project only itself, the engine, its contracts and lib/result',
    of: under('lib/local/pipelines'),
    forbids: ({ from }) =>
      isProject(from) &&
      !under('lib/result', 'lib/local/pipelines', ...CONTRACTS.map((file) => `lib/local/${file}`))(from),
  },
  {
    says: 'the event bus and the git server know pipelines by their contract: nothing of engine, executors, builds or cluster',
    of: under('lib/local/events', 'lib/local/git-server'),
    forbids: ({ from, typeOnly }) =>
      under('lib/local/executors', 'lib/local/codebuild', 'lib/local/cluster', 'lib/local/engine')(from) && !typeOnly,
  },
  {
    says: 'reporters read events and what is folded from them, and nothing else of the project',
    of: under('lib/local/reporters'),
    forbids: ({ from }) =>
      isProject(from) &&
      !under('lib/local/reporters', 'lib/local/event', 'lib/local/output-text', 'lib/local/run-state')(from),
  },
  {
    says: 'a function of lambda/ imports of the project only its own folder',
    of: under('lambda'),
    forbids: ({ from }, path) => isProject(from) && dirname(from) !== dirname(path),
  },
  {
    says: 'lib imports neither bin, tests, scripts nor benchmarks',
    of: under('lib'),
    forbids: ({ from }) => under('bin', 'test', 'scripts', 'bench')(from),
  },
  {
    says: 'lib/permissions reads the synthesized templates as a stranger: of the project only itself and lib/local',
    of: under('lib/permissions'),
    forbids: ({ from }) => isProject(from) && !under('lib/permissions', 'lib/local', 'lib/result')(from),
  },
  {
    says: 'what runs is under the licence of this project: the IAM simulator (AGPL) is for tests alone',
    of: under('lib', 'bin', 'lambda'),
    forbids: ({ from }) => /^@cloud-copilot\/iam-(simulate|policy|utils)/.test(from),
  },
];

/** Programs of lib that are started by themselves, or hand the environment on as a whole; each with what it is for. */
const READS_ENVIRONMENT: Readonly<Record<string, string>> = {
  'lib/attest/main.ts': 'the program that attests: whether the SDK is told of another endpoint than AWS',
  'lib/deploy/main.ts': 'the program that deploys: hands its environment on to kubectl and helm',
  'lib/local/cluster/main.ts': 'the program of the embedded cluster: hands its environment on to what runs in images',
  'lib/local/image/docker.ts': 'the stand-in for docker: its environment is its contract with the runner',
  'lib/local/synth.ts': 'hands the whole environment on to the program that synthesizes',
};

const ONLY_CONFIG = 'lib/config is the only reader of slipway.yaml and of the environment';

/** Every import of `files` that a rule forbids, and every reader of settings beside lib/config: one line each. */
export function violations(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const program = parseSync(file.text, { syntax: 'typescript', target: 'es2022' });
    const imports = importsOf(program, file.path);
    const broken = RULES.filter((rule) => rule.of(file.path)).flatMap((rule) =>
      imports
        .filter((used) => rule.forbids(used, file.path))
        .map(({ from }) => `${file.path} imports ${from}: ${rule.says}`),
    );
    return [...broken, ...settingsReadBy(program, file.path)];
  });
}

function settingsReadBy(program: unknown, path: string): string[] {
  if (!under('lib')(path) || under('lib/config')(path)) return [];
  const found = new Set<string>();
  walk(program, (node) => {
    const { object, property } = node as { object?: Syntax; property?: Syntax };
    const isEnvironment = node.type === 'MemberExpression' && object?.value === 'process' && property?.value === 'env';
    if (isEnvironment && !(path in READS_ENVIRONMENT)) found.add('process.env');
    const isFileName = node.type === 'StringLiteral' && /(^|\/)slipway\.yaml$/.test(String(node.value));
    if (isFileName) found.add('slipway.yaml');
  });
  return [...found].map((what) => `${path} reads ${what}: ${ONLY_CONFIG}`);
}

interface Syntax {
  readonly type?: string;
  readonly value?: unknown;
}

function importsOf(program: unknown, path: string): Import[] {
  const imports: Import[] = [];
  const add = (source: unknown, typeOnly: boolean): void => {
    const { value } = (source ?? {}) as Syntax;
    if (typeof value === 'string') imports.push({ from: target(value, path), typeOnly });
  };
  walk(program, (node) => {
    const { source, specifiers, typeOnly, callee, arguments: args } = node as Record<string, unknown>;
    switch (node.type) {
      case 'ImportDeclaration':
      case 'ExportNamedDeclaration': {
        const list = (specifiers ?? []) as { isTypeOnly?: boolean }[];
        add(source, typeOnly === true || (list.length > 0 && list.every(({ isTypeOnly }) => isTypeOnly === true)));
        break;
      }
      case 'ExportAllDeclaration':
        add(source, typeOnly === true);
        break;
      case 'TsImportType':
        add((node as Record<string, unknown>)['argument'], true);
        break;
      case 'CallExpression': {
        const called = callee as Syntax | undefined;
        const [first] = (args ?? []) as { expression?: unknown }[];
        if (called?.type === 'Import' || called?.value === 'require') add(first?.expression, false);
        break;
      }
      default:
    }
  });
  return imports;
}

function target(specifier: string, path: string): string {
  return specifier.startsWith('.') ? normalize(join(dirname(path), specifier)).replace(/\.ts$/, '') : specifier;
}

function walk(value: unknown, visit: (node: Syntax) => void): void {
  if (Array.isArray(value)) for (const item of value) walk(item, visit);
  else if (typeof value === 'object' && value !== null) {
    visit(value as Syntax);
    for (const item of Object.values(value)) walk(item, visit);
  }
}
