import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../../result';
import type { ManifestSource } from '../request';
import { type Document, readDocuments } from './documents';
import { type Fields, fieldsAt, isFields, textOf } from './fields';
import { PHASE_ANNOTATION } from './keys';

/** Runs helm and gives what it wrote on standard output; an error is helm's own words, or that there is none. */
export type Helm = (args: readonly string[]) => Promise<Result<string, string>>;

const HOOK = 'helm.sh/hook';

/** The documents that `helm template` makes of a chart. Hooks: see `readHook`. */
export async function readChart(
  source: Extract<ManifestSource, { kind: 'helm' }>,
  namespace: string,
  helm: Helm,
): Promise<Result<Document[], string>> {
  const { chart, values, release } = source;
  const missing = [join(chart, 'Chart.yaml'), ...values].filter((file) => !existsSync(file));
  if (missing.length > 0) return err(...missing.map((file) => `${file}: no such file; a deploy by Helm needs it`));
  const files = values.flatMap((file) => ['--values', file]);
  const made = await helm(['template', release, chart, '--namespace', namespace, '--include-crds', ...files]);
  if (!made.ok) return err(...made.errors.map((message) => `${chart} cannot be rendered by Helm: ${message}`));
  const read = readDocuments(made.value, `helm template ${chart}`);
  if (!read.ok) return read;
  const errors: string[] = [];
  const documents = read.value.flatMap((document) => {
    const hook = readHook(document);
    if (!hook.ok) errors.push(...hook.errors);
    return hook.ok && hook.value ? [hook.value] : [];
  });
  return errors.length > 0 ? err(...errors) : ok(documents);
}

/**
 * What becomes of a hook (Helm documentation, "Chart Hooks"), since the deployer applies objects and runs no Helm lifecycle:
 * - `pre-install,pre-upgrade`: a Job runs and ends before the workloads of each release; other kinds are ordinary objects
 * - `test`, and hooks of deletion: left out, since a deploy neither tests by Helm nor uninstalls
 * - anything else would run at a time that a deploy does not have: refused
 */
function readHook({ at, content }: Document): Result<Document | undefined, string> {
  const annotations = fieldsAt(content, 'metadata', 'annotations');
  const hooks = textOf(annotations?.[HOOK])
    ?.split(',')
    .map((hook) => hook.trim());
  if (!hooks || !isFields(content)) return ok({ at, content });
  const name = `${at}: ${content['kind']}/${fieldsAt(content, 'metadata')?.['name']}`;
  if (hooks.every((hook) => LEFT_OUT.includes(hook))) return ok(undefined);
  if (hooks.length === 2 && BEFORE.every((hook) => hooks.includes(hook))) {
    const copy = JSON.parse(JSON.stringify(content)) as Fields;
    if (copy['kind'] === 'Job') (fieldsAt(copy, 'metadata', 'annotations') as Fields)[PHASE_ANNOTATION] = 'before';
    return ok({ at, content: copy });
  }
  return err(
    `${name}: the hook \`${hooks.join(',')}\` is not supported; expected \`pre-install,pre-upgrade\` (runs before each release) or no hook`,
  );
}

const BEFORE = ['pre-install', 'pre-upgrade'];
const LEFT_OUT = ['test', 'test-success', 'test-failure', 'pre-delete', 'post-delete'];
