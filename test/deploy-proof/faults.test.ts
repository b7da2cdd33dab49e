import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { templateRules } from '../../lib/cloud/rules/all';
import { checkTemplate, type Json } from '../../lib/cloud/rules/rule';
import { parseConfig } from '../../lib/config/parse';
import { runCommand } from '../../lib/local/tools/command';
import { slipwayApp } from '../cloud/fixtures';
import { ACCOUNT, projectRoot, REGION } from './account';
import { FAULTS } from './faults';
import { installedPython } from './installation';
import { everything, proves, there } from './where';

/** In the order of deploys. The last one takes half a minute, and runs where everything does. */
const STACKS = ['VisitsSource', 'SlipwayCluster', 'VisitsMonitoring', ...(everything ? ['VisitsDelivery'] : [])];
const rules = templateRules(['visits-development-test-image', 'visits-production-test-image']);

/** What the proof lets pass: sound to CloudFormation and the services, and only a rule of our own knows better. */
const BY_RULES_ONLY: Record<string, string> = {
  'a cluster whose API is public': 'cluster',
  'a build role that other accounts’ projects may assume': 'service-trust',
  'a privileged build that builds no image': 'privileged-builds',
  'a build without an end': 'build-timeout',
  'image tags that may be moved': 'image-repository',
  'an event target without a dead-letter queue': 'dead-letters',
  'tags that start the pipeline as branches do': 'branch-events',
};

describe('seeded faults', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-faults-'));
  const found: Record<string, string[]> = {};
  let ends: Json = {};
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  beforeAll(async () => {
    if (!there) return;
    const config = parseConfig('slipway.yaml', readFileSync(join(projectRoot, 'slipway.yaml'), 'utf8'), {}, () => true);
    if (!config.ok) throw new Error(JSON.stringify(config.errors));
    jest.spyOn(process.stderr, 'write').mockImplementation(() => true);
    const { app } = slipwayApp(config.value);
    const { directory } = app.synth();
    jest.restoreAllMocks();
    mkdirSync(join(folder, 'faults'));
    writeFileSync(join(folder, 'order.json'), JSON.stringify(STACKS));
    for (const stack of STACKS)
      for (const file of [`${stack}.template.json`, `${stack}.assets.json`])
        writeFileSync(join(folder, file), readFileSync(join(directory, file)));
    for (const [index, { what, stack, mutate }] of FAULTS.entries()) {
      if (!STACKS.includes(stack)) continue;
      const template = JSON.parse(readFileSync(join(directory, `${stack}.template.json`), 'utf8'));
      mutate(template.Resources);
      found[what] = checkTemplate(template, rules).map(({ rule }) => rule);
      writeFileSync(join(folder, 'faults', `${index}.json`), JSON.stringify({ stack, template }));
    }
    const python = await installedPython(new AbortController().signal);
    const done = await runCommand(python, ['-B', '-m', 'emulator.faults', folder], {
      cwd: __dirname,
      environment: { PATH: process.env['PATH'], AWS_REGION: REGION, MOTO_ACCOUNT_ID: ACCOUNT },
      signal: new AbortController().signal,
      timeout: 10 * 60_000,
    });
    if (done.code !== 0) throw new Error(done.said);
    ends = JSON.parse(done.stdout);
  }, 900_000);

  proves('the templates without faults deploy, and no rule finds anything', () => {
    for (const stack of STACKS) {
      expect(ends[`sound ${stack}`]).toEqual({ status: 'CREATE_COMPLETE', reason: '' });
      expect(checkTemplate(JSON.parse(readFileSync(join(folder, `${stack}.template.json`), 'utf8')), rules)).toEqual(
        [],
      );
    }
  });

  for (const [index, { what, stack }] of FAULTS.entries()) {
    proves(
      `${stack}: ${what}`,
      () => {
        const { status, reason } = ends[index];
        const rule = BY_RULES_ONLY[what];
        if (rule !== undefined) {
          expect({ status, found: found[what] }).toEqual({ status: 'CREATE_COMPLETE', found: [rule] });
        } else {
          expect(status).toMatch(/^(REFUSED|ROLLBACK_COMPLETE|UPDATE_ROLLBACK_COMPLETE)$/);
          expect(reason).not.toBe('');
          expect(reason).not.toMatch(/emulat|Traceback/);
        }
      },
      { whole: !STACKS.includes(stack) },
    );
  }
});
