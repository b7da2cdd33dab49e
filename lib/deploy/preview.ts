import { itemsIn } from './apply';
import { type Change, changesBetween, printChange } from './changes';
import { reasonOf } from './failure';
import { type KubeObject, titleOf } from './objects';
import type { Parts } from './parts';
import type { Ports } from './ports';
import { findPrunable, kindArg } from './prune';
import { releaseId } from './release-id';
import type { Ending, Report } from './report';
import type { DeployRequest } from './request';

/**
 * What a deploy would change, for somebody who may only read: the live objects, compared in the fields that the release sets. Nothing
 * is sent to the cluster, not even a dry run.
 */
export async function preview(
  request: DeployRequest,
  ports: Ports,
  parts: Parts,
  report: Report,
  write: (name: string, text: string) => void,
): Promise<Ending> {
  const rendered = await report.step(
    'Render',
    () => parts.render(request, releaseId(request), ports),
    (result) => (result.ok ? undefined : 'the manifests are wrong'),
  );
  if (!rendered.ok) {
    const [first] = rendered.errors;
    if (first !== undefined && typeof first !== 'string') return { outcome: 'Error', reason: reasonOf(first) };
    return { outcome: 'Refused', reason: { code: 'Manifests', message: rendered.errors.join('; ') } };
  }
  const objects = rendered.value;
  return report.step(
    'Compare',
    async (): Promise<Ending> => {
      const live = await readLive(objects, request.namespace, ports, report);
      if (!live.ok) return { outcome: 'Error', reason: live.reason };
      const { service, environment, namespace } = request;
      const pruned = await findPrunable(
        { service, environment, namespace, keep: objects, earlier: [], kindsOf: [], now: ports.clock.now() },
        ports.kubectl,
      );
      if (!pruned.ok && pruned.errors[0]) return { outcome: 'Error', reason: reasonOf(pruned.errors[0]) };
      if (pruned.ok && pruned.value.unseen) report.warn(`not looked through: ${pruned.value.unseen}`);
      const removed = pruned.ok ? pruned.value.prunable.map(titleOf) : [];
      const changes = objects.flatMap((object): Change[] => {
        if (live.unseen.has(titleOf(object))) return [{ object: titleOf(object), kind: 'unseen', fields: [] }];
        return changesBetween(live.objects.get(titleOf(object)), object);
      });
      const all: Change[] = [...changes, ...removed.map((object): Change => ({ object, kind: 'removed', fields: [] }))];
      for (const line of all.flatMap(printChange)) ports.log.info(line);
      const summary = summaryOf(all);
      write(
        'preview.json',
        `${JSON.stringify({ service, environment, version: request.version, changes: all }, null, 2)}\n`,
      );
      write('preview.md', markdown(request, all, summary));
      return { outcome: 'Verified', reason: { code: 'Preview', message: `${summary}; nothing was changed` } };
    },
    ({ outcome, reason }) => (outcome === 'Verified' ? undefined : reason.message),
  );
}

type Live =
  | { readonly ok: true; readonly objects: ReadonlyMap<string, KubeObject>; readonly unseen: ReadonlySet<string> }
  | { readonly ok: false; readonly reason: Ending['reason'] };

/** By kind, since a reader may not see every kind (a view role sees no Secrets). */
async function readLive(
  objects: readonly KubeObject[],
  namespace: string,
  ports: Ports,
  report: Report,
): Promise<Live> {
  const live = new Map<string, KubeObject>();
  const unseen = new Set<string>();
  for (const resource of new Set(objects.map(kindArg))) {
    const group = objects.filter((object) => kindArg(object) === resource);
    const names = group.map(({ metadata }) => metadata.name);
    const answer = await ports.kubectl.run(
      ['get', resource, ...names, '--namespace', namespace, '--ignore-not-found', '--output', 'json'],
      { quiet: true },
    );
    if (answer.ok) for (const object of itemsIn(answer.value)) live.set(titleOf(object), object);
    else {
      const [failure] = answer.errors;
      if (failure?.kind === 'forbidden') {
        report.warn(`${group.map(titleOf).join(' ')}: may not be read, so what would change there is not known`);
        for (const object of group) unseen.add(titleOf(object));
      } else if (failure && failure.kind !== 'not-found') return { ok: false, reason: reasonOf(failure) };
    }
  }
  return { ok: true, objects: live, unseen };
}

function summaryOf(changes: readonly Change[]): string {
  const count = (kind: Change['kind']): number => changes.filter((change) => change.kind === kind).length;
  const unseen = count('unseen');
  return `${count('new')} new, ${count('changed')} changed, ${count('removed')} removed, ${count('unchanged')} unchanged${unseen > 0 ? `, ${unseen} not seen` : ''}`;
}

const markdown = (
  { service, environment, version }: DeployRequest,
  changes: readonly Change[],
  summary: string,
): string =>
  [
    `## ${service} ${version} → ${environment}`,
    '',
    summary,
    '',
    '```diff',
    ...changes.flatMap(printChange),
    '```',
    '',
  ].join('\n');
