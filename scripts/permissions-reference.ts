import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { addStacks } from '../lib/cloud/app';
import { loadConfig } from '../lib/config/load';
import { readAssembly } from '../lib/local/assembly';
import type { RolePermissions } from '../lib/local/iam/permissions';
import { deliveryPipelines } from '../lib/model/delivery-pipelines';
import { preview } from '../lib/model/preview';
import { type Estate, type RoleCall, readEstate } from '../lib/permissions/calls';
import { declaredCalls } from '../lib/permissions/declared-calls';
import { type RecordedUse, replayed } from '../lib/permissions/recorded-calls';

const PLACE = { account: '111122223333', region: 'eu-west-1', partition: 'aws' };

/** What the project's own slipway.yaml becomes. */
function estateOf(root: string): Estate {
  // CDK's own validation of the templates takes seconds, and `cdk synth` does it.
  process.env['CDK_VALIDATION'] = 'false';
  const config = loadConfig(join(root, 'slipway.yaml'), {});
  if (!config.ok) throw new Error(JSON.stringify(config.errors));
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context: object };
  const outdir = mkdtempSync(join(tmpdir(), 'slipway-permissions-'));
  try {
    const app = new App({ outdir, context: { ...context, 'aws:cdk:disable-asset-staging': true } });
    const previewed = preview(config.value);
    addStacks(app, {
      config: config.value,
      pipelines: deliveryPipelines(config.value),
      ...(previewed && { preview: previewed }),
      configFolder: root,
      projectRoot: root,
    });
    const assembly = readAssembly(app.synth().directory);
    if (!assembly.ok) throw new Error(JSON.stringify(assembly.errors));
    return readEstate(assembly.value, PLACE);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** docs/permissions.md: each role, what it may on what, and for whom. */
export function permissionsPage(root: string): string {
  const estate = estateOf(root);
  const recording = JSON.parse(
    readFileSync(join(root, 'test', 'fixtures', 'recorded-calls.json'), 'utf8'),
  ) as RecordedUse[];
  const calls = [...replayed(recording, estate), ...declaredCalls(estate)];
  const readable = reader(estate);
  return [
    '# Permissions',
    '',
    'Every role that the templates of `slipway.yaml` make, what it may on what, and who calls it. Written by `npm run generate` from the',
    'synthesized templates, the calls that runs were seen to make, and those that AWS documents ([architecture.md](architecture.md),',
    '`lib/permissions`). `test/cloud/least-privilege.test.ts` proves that each of these calls is allowed, that no grant goes unused, and that',
    'no role may what none is to: IAM, other roles, projects, approvals, secrets, access to the cluster, other environments’ releases.',
    'What a role may in Kubernetes is told by its access entry ([deployer.md](deployer.md)); `test/cloud/cluster-access.test.ts` asks.',
    '',
    ...estate.permissions.roles.flatMap((role) => section(role, calls, readable)),
  ].join('\n');
}

function section(role: RolePermissions, calls: readonly RoleCall[], readable: (text: string) => string): string[] {
  const own = calls.filter((call) => call.role === role.arn);
  const rows = new Map<string, { readonly actions: Set<string>; readonly on: string; readonly why: string }>();
  for (const { action, resource, why, page } of own) {
    const source = page === undefined ? why : `[${why}](${page})`;
    const on = readable(resource);
    const row = rows.get(`${on}\n${source}`) ?? { actions: new Set<string>(), on, why: source };
    row.actions.add(action);
    rows.set(`${on}\n${source}`, row);
  }
  const services = [...new Set(role.trust.flatMap(({ principals }) => Object.values(principals?.names ?? {}).flat()))];
  const lines = [...rows.values()].map(
    ({ actions, on, why }) =>
      `| ${[...actions]
        .sort()
        .map((action) => `\`${action}\``)
        .join(', ')} | \`${on}\` | ${why} |`,
  );
  return [
    `## ${role.stack}: ${role.logicalId.replace(/[0-9A-F]{8}$/, '')}`,
    '',
    `Taken by ${services.join(', ')}.${role.unread.length === 0 ? '' : ` With AWS's own ${role.unread.map((arn) => `\`${arn.replace(/^.*:policy\//, '')}\``).join(', ')}.`}`,
    '',
    ...(lines.length === 0 ? [] : ['| may | on | for |', '|---|---|---|', ...lines.sort(), '']),
  ];
}

/** ARNs without what is the same everywhere or made up: account, region, hashes, ids. */
function reader(estate: Estate): (text: string) => string {
  const keys = estate.resources
    .filter(({ type }) => type === 'AWS::KMS::Key')
    .map((resource) => [estate.arnOf(resource), `key ${resource.logicalId.replace(/[0-9A-F]{8}$/, '')}`] as const);
  return (text) =>
    keys
      .reduce((rest, [arn, name]) => rest.replaceAll(arn, name), text)
      .replace(/^arn:aws:([a-z0-9-]+):[^:]*:[^:]*:/, '$1 ')
      .replaceAll(PLACE.account, '<account>')
      .replaceAll(PLACE.region, '<region>')
      .replace(/[0-9a-f]{64}/g, '<hash>')
      .replace(/\b(subnet|sg|eni)-[0-9a-f]{17}\b/g, '$1-…')
      .replace(/(0a1b|aBcDeFg)$/, '…');
}
