import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from '../../lib/config/parse';
import type { Config } from '../../lib/config/schema';
import { slipwayApp } from '../cloud/fixtures';
import { ACCOUNT, projectRoot } from './account';

/** A slipway.yaml's configuration. Throws what is wrong with it. */
export function configured(yaml: string): Config {
  const parsed = parseConfig('slipway.yaml', yaml, {}, () => true);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors));
  return parsed.value;
}

/** Stacks of a synthesized configuration, in the order of deploys, each with its account, and the folder of their templates. */
export interface Assembly {
  readonly folder: string;
  readonly order: readonly (readonly [stack: string, account: string])[];
}

/** Synthesizes in this process, with this project's rules and cdk-nag's; CDK's own validator runs with the CLI. */
export function synthesized(config: Config): Assembly {
  const said = jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
  try {
    const { directory, stacks } = slipwayApp(config).app.synth();
    return {
      folder: directory,
      order: stacks.map(({ stackName, environment: { account } }) => [
        stackName,
        /^\d+$/.test(account) ? account : ACCOUNT,
      ]),
    };
  } finally {
    said.mockRestore();
  }
}

/** Puts examples/, which the configurations name, beside a slipway.yaml in another folder. */
export const withExamples = (folder: string): void =>
  symlinkSync(join(projectRoot, 'examples'), join(folder, 'examples'));
