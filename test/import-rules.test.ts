import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { RULES, type SourceFile, violations } from './import-rules';

const ROOT = join(__dirname, '..');

function sources(folder: string): SourceFile[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !file.includes('/node_modules/'))
    .map((file) => ({ path: file.slice(ROOT.length + 1), text: readFileSync(file, 'utf8') }));
}

test('every import of the project keeps to the rooms', () => {
  const files = ['lib', 'bin', 'lambda'].flatMap(sources);
  expect(files.length).toBeGreaterThan(50);
  expect(violations(files)).toEqual([]);
});

test('every rule is about files that there are', () => {
  const paths = ['lib', 'bin', 'lambda'].flatMap(sources).map(({ path }) => path);
  expect(RULES.filter((rule) => !paths.some(rule.of)).map(({ says }) => says)).toEqual([]);
});

describe('a file that breaks a rule', () => {
  const MUTANTS: readonly (readonly [path: string, text: string, violation: string])[] = [
    ['lib/local/world.ts', "import { Stack } from 'aws-cdk-lib';", 'imports neither lib/cloud nor the CDK'],
    ['lib/local/world.ts', "import type { Stack } from 'aws-cdk-lib';", 'imports neither lib/cloud nor the CDK'],
    ['lib/local/aws/ecr.ts', "import { Key } from 'aws-cdk-lib/aws-kms';", 'imports neither lib/cloud nor the CDK'],
    ['lib/local/aws/ecr.ts', "import { app } from '../../cloud/app';", 'imports neither lib/cloud nor the CDK'],
    ['lib/local/world.ts', "export * from '../cloud/app';", 'imports neither lib/cloud nor the CDK'],
    [
      'lib/local/world.ts',
      "export const load = () => import('../cloud/app');",
      'imports neither lib/cloud nor the CDK',
    ],
    ['lib/local/world.ts', "const app = require('../cloud/app');", 'imports neither lib/cloud nor the CDK'],
    ['lib/local/world.ts', "import { loadConfig } from '../config/load';", 'lib/local imports nothing of lib/config'],
    [
      'lib/local/world.ts',
      "import type { Config } from '../config/schema';",
      'lib/local imports nothing of lib/config',
    ],
    ['lib/local/world.ts', "import { alarmName } from '../model/names';", 'shares only types with lib/model'],
    [
      'lib/local/world.ts',
      "import { type Stage, alarmName } from '../model/names';",
      'shares only types with lib/model',
    ],
    ['lib/model/gates.ts', "import { ok } from '../result';", 'lib/model imports nothing outside itself'],
    ['lib/model/gates.ts', "import { join } from 'node:path';", 'lib/model imports nothing outside itself'],
    ['lib/cloud/app.ts', "import type { Plan } from '../local/plan';", 'lib/cloud renders'],
    ['lib/cloud/app.ts', "import { loadConfig } from '../config/load';", 'of lib/config it imports only types'],
    ['lib/config/load.ts', "import { addStacks } from '../cloud/app';", 'lib/config imports of the project only'],
    ['lib/local/engine.ts', "import { codebuild } from './executors/codebuild';", 'the engine imports no executor'],
    ['lib/local/pipelines/create.ts', "import { fakeExecutors } from '../executors/fake';", 'imports no executor'],
    ['lib/local/engine/stage-run.ts', "import { x } from '../codebuild/shell';", 'the engine imports no executor'],
    ['lib/local/journal.ts', "import { readPlan } from './read-plan';", 'the engine imports no executor'],
    ['lib/local/events/bus.ts', "import { runPlan } from '../engine';", 'know pipelines by their contract'],
    ['lib/local/reporters/json.ts', "import type { Plan } from '../plan';", 'reporters read events'],
    ['lambda/bake/index.ts', "import { ok } from '../../lib/result';", 'imports of the project only its own folder'],
    [
      'lib/deploy/lock.ts',
      "import { systemClock } from '../local/clock';",
      'only itself, lib/provenance, lib/pod-security, lib/result and lib/quantity',
    ],
    [
      'lib/deploy/lock.ts',
      "import type { Config } from '../config/schema';",
      'only itself, lib/provenance, lib/pod-security, lib/result and lib/quantity',
    ],
    ['lib/attest/facts.ts', "import { x } from '../deploy/deploy';", 'only itself, lib/provenance and lib/result'],
    ['lib/provenance/dsse.ts', "import { x } from '../deploy/deploy';", 'what signer and verifier agree on'],
    [
      'lib/ops/follow.ts',
      "import { systemClock } from '../local/clock';",
      'lib/ops operates pipelines through the AWS SDK',
    ],
    ['lib/ops/pipelines.ts', "import type { Config } from '../config/schema';", 'lib/ops operates pipelines through'],
    [
      'lib/cost/runs.ts',
      "import { readPlan } from '../local/read-plan';",
      'read the synthesized templates as strangers',
    ],
    [
      'lib/quotas/limits.ts',
      "import { addStacks } from '../cloud/app';",
      'read the synthesized templates as strangers',
    ],
    ['lib/config/load.ts', "import { parseStrategy } from '../deploy/strategy/parse';", 'the types of strategies'],
    ['lib/result.ts', "import { run } from '../bin/slipway';", 'lib imports neither bin'],
    [
      'lib/permissions/calls.ts',
      "import { allow } from '../cloud/statement';",
      'lib/permissions reads the synthesized',
    ],
    ['lib/local/iam/decide.ts', "import { runSimulation } from '@cloud-copilot/iam-simulate';", 'for tests alone'],
    ['lib/cloud/app.ts', "const region = process.env['AWS_REGION'];", 'reads process.env'],
    ['lib/cloud/app.ts', 'const { AWS_REGION } = process.env;', 'reads process.env'],
    ['lib/local/world.ts', "const file = join(folder, 'slipway.yaml');", 'reads slipway.yaml'],
    ['lib/local/world.ts', "const file = read('/project/slipway.yaml');", 'reads slipway.yaml'],
  ];

  test.each(MUTANTS)('is told: %s with %s', (path, text, violation) => {
    expect(violations([{ path, text }])).toEqual([expect.stringContaining(violation)]);
  });

  test('is told by every rule', () => {
    const told = MUTANTS.flatMap(([path, text]) => violations([{ path, text }])).join('\n');
    expect(RULES.filter(({ says }) => !told.includes(says)).map(({ says }) => says)).toEqual([]);
  });
});

test.each([
  ['lib/local/world.ts', "import type { Pipeline } from '../model/pipeline';"],
  ['lib/local/world.ts', "import { type Pipeline, type Stage } from '../model/pipeline';"],
  ['lib/local/world.ts', "// import { Stack } from 'aws-cdk-lib';\nconst text = \"import x from 'aws-cdk-lib'\";"],
  ['lib/local/executors/codebuild.ts', "import { shell } from '../codebuild/shell';"],
  ['lib/local/engine/stage-run.ts', "import type { Plan } from '../plan';\nimport { ok } from '../../result';"],
  ['lib/config/load.ts', "const region = process.env['AWS_REGION'] ?? 'slipway.yaml';"],
  ['bin/app.ts', "import { App } from 'aws-cdk-lib';\nimport { loadConfig } from '../lib/config/load';"],
  ['lambda/bake/index.ts', "import { bake } from './bake';\nimport { x } from '@aws-sdk/client-cloudwatch';"],
])('a file that keeps them is not: %s with %s', (path, text) => {
  expect(violations([{ path, text }])).toEqual([]);
});
