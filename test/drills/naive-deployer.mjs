// What many pipelines do in place of a deployer: apply, wait, undo. Drills must find it wrong.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const EXIT = { Verified: 0, RolledBack: 10, RollbackFailed: 13 };
const text = { type: 'string' };
const { values } = parseArgs({
  strict: false,
  options: Object.fromEntries(
    ['service', 'namespace', 'manifests', 'image', 'version', 'rollout-timeout'].map((name) => [name, text]),
  ),
});
const { service, namespace, manifests, image, version } = values;
const [name, pin] = image.split(/=(.*)/s);

const kubectl = (args, input) => {
  console.log(`$ kubectl ${args.join(' ')}`);
  const ran = spawnSync('kubectl', ['--namespace', namespace, ...args], { input, encoding: 'utf8' });
  process.stdout.write(ran.stdout + ran.stderr);
  return ran.status === 0;
};
const end = (outcome, reason) => {
  console.log(`${outcome}: ${reason}`);
  process.exit(EXIT[outcome]);
};

const yaml = readFileSync(join(manifests, 'service.yaml'), 'utf8')
  .replace(new RegExp(`image: ${name}(:\\w+)?$`, 'gm'), `image: ${pin}`)
  .replaceAll(
    /template:\n( +)metadata:\n( +)labels:\n( +)/g,
    (all, _a, _b, indent) => `${all}app.kubernetes.io/version: ${version}\n${indent}`,
  );
const kind = /kind: (Deployment|StatefulSet)/.exec(yaml)?.[1].toLowerCase() ?? 'deployment';
const workload = `${kind}/${service}`;
if (!kubectl(['apply', '--filename', '-'], yaml)) end('RollbackFailed', 'the apply failed');
if (kubectl(['rollout', 'status', workload, `--timeout=${values['rollout-timeout']}`])) end('Verified', 'rolled out');
if (!kubectl(['rollout', 'undo', workload])) end('RollbackFailed', 'the undo failed');
if (!kubectl(['rollout', 'status', workload, '--timeout=30s'])) end('RollbackFailed', 'the old one does not come');
end('RolledBack', 'rolled back');
