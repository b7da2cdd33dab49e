import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Kubectl } from '../../../lib/deploy/kubectl';
import type { KubeObject } from '../../../lib/deploy/objects';
import type { RenderInput } from '../../../lib/deploy/render/render';
import { err, ok, type Result } from '../../../lib/result';
import { kubectlProgram } from '../../local/cluster/harness';

export const DIGEST = `sha256:${'a'.repeat(64)}`;
export const REPOSITORY = '111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop';
export const PINNED = `${REPOSITORY}@${DIGEST}`;

export const input = (manifests: RenderInput['manifests'], changes: Partial<RenderInput> = {}): RenderInput => ({
  manifests,
  image: { name: 'shop', repository: REPOSITORY, digest: DIGEST },
  service: 'shop',
  environment: 'dev',
  namespace: 'shop-dev',
  version: '1.2.0',
  release: '20261121T130000000Z-1.2.0',
  ...changes,
});

/** The real kubectl, for the commands that need no cluster. */
export function localKubectl(): Kubectl {
  return {
    calls: 0,
    async run(args) {
      try {
        const { stdout } = await promisify(execFile)(await kubectlProgram(), [...args], { maxBuffer: 1 << 24 });
        return ok(stdout);
      } catch (error) {
        const { code, stderr = '', stdout = '' } = error as { code: number; stderr?: string; stdout?: string };
        return err({ kind: 'other' as const, message: stderr.trim().replace(/^error: /, ''), code, stderr, stdout });
      }
    },
  };
}

export const noKubectl: Kubectl = {
  calls: 0,
  run: () => {
    throw new Error('kubectl was called');
  },
};

/** A folder with these files; `remove` takes it away. */
export function folder(files: Readonly<Record<string, string | object>>): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'manifests-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return { path, remove: () => rmSync(path, { recursive: true }) };
}

export const valueIn = <T>(result: Result<T, unknown>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.value;
};

export const errorsIn = <E>(result: Result<unknown, E>): readonly E[] => {
  if (result.ok) throw new Error(`expected errors, got ${JSON.stringify(result.value)}`);
  return result.errors;
};

export function deployment(changes: { name?: string; image?: string; spec?: object; pod?: object } = {}): KubeObject {
  const { name = 'shop', image = 'shop', spec = {}, pod = {} } = changes;
  const labels = { 'app.kubernetes.io/name': name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: {
      replicas: 3,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image }], ...pod } },
      ...spec,
    },
  };
}

export const object = (
  kind: string,
  name: string,
  fields: object = {},
  apiVersion = 'v1',
  metadata: object = {},
): KubeObject => ({ apiVersion, kind, metadata: { name, ...metadata }, ...fields });

/** The pod template's `spec` of a rendered object. */
export const podOf = (rendered: KubeObject | undefined) =>
  (rendered as unknown as { spec: { template: { metadata: KubeObject['metadata']; spec: PodSpec } } }).spec.template;

interface PodSpec {
  containers: { name: string; image: string; [field: string]: unknown }[];
  [field: string]: unknown;
}
