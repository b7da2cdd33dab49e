import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { configOf, projectRoot, slipwayApp } from '../cloud/fixtures';
import { proves } from '../deploy-proof/where';
import { CFN_GUARD, CFN_LINT, CHECKOV, judgeAccepted } from './accepted';
import { differences, type Judgement, judgePacks, readNumbers } from './acknowledged';
import { cfnGuard } from './cfn-guard';
import { cfnLint } from './cfn-lint';
import { checkov } from './checkov';
import { VARIANTS } from './variants';

const page = readFileSync(join(projectRoot, 'docs', 'security-checks.md'), 'utf8');

/** Everything that a synthesis says goes to stderr; the tests look at what it throws. */
beforeAll(() => {
  jest.spyOn(console, 'error').mockImplementation(() => undefined);
  jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
});
afterAll(() => jest.restoreAllMocks());

/** Each synthesized once; every gate looks at the same. */
const variants = Object.entries(VARIANTS).map(([name, { yaml, stacks, like }]) => {
  let made: { readonly assembly: CloudAssembly; readonly packs: Judgement } | undefined;
  return {
    name,
    stacks,
    like,
    get: () => {
      if (made === undefined) {
        const { app } = slipwayApp(configOf(yaml));
        made = { assembly: app.synth(), packs: judgePacks(app) };
      }
      return made;
    },
  };
});

describe.each(variants)('$name', ({ name, stacks, get }) => {
  it('is made without the rest, and without anything looked up in an account', () => {
    const { assembly } = get();
    expect(assembly.stacks.map((stack) => stack.stackName).sort()).toEqual(stacks);
    expect(assembly.manifest.missing ?? []).toEqual([]);
  });

  it('passes all packs of cdk-nag: each finding has its acknowledgement, each acknowledgement its finding', () => {
    expect(get().packs.wrong).toEqual([]);
  });

  it('has no more acknowledged findings than docs/security-checks.md says', () => {
    const { numbers } = get().packs;
    const told = Object.entries(numbers).map(([pack, number]) => `${pack} ${number}`);
    process.stdout.write(`acknowledged findings, ${name}: ${told.join(', ')}\n`);
    expect(differences(name, numbers, readNumbers(page)[name] ?? {})).toEqual([]);
  });
});

describe('the templates of every variant', () => {
  /** Those that differ, as files; one that two variants have is looked at once. */
  const templates = (): string[] => {
    const files = variants
      .filter(({ like }) => like === undefined)
      .flatMap(({ get }) => get().assembly.stacks.map((stack) => stack.templateFullPath));
    const byContent = files.map((file): [string, string] => [hash(file), file]);
    return [...new Map(byContent).values()];
  };
  const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

  it('pass cfn-guard with the rules of Control Tower, but for what is listed with its reason', async () => {
    expect(judgeAccepted(await cfnGuard(templates()), CFN_GUARD)).toEqual([]);
  }, 300_000);

  proves('pass cfn-lint, but for what is listed with its reason', async () => {
    expect(judgeAccepted(await cfnLint(templates()), CFN_LINT)).toEqual([]);
  });

  proves('pass checkov, but for what is listed with its reason', async () => {
    expect(judgeAccepted(await checkov(templates()), CHECKOV)).toEqual([]);
  });
});
