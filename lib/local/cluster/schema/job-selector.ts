import type { KubeObject } from '../types';

/** A job finds its pods by a label of its own. */
export function jobSelector(object: KubeObject): void {
  const spec = object['spec'] as Record<string, unknown> | undefined;
  const template = spec?.['template'] as { metadata?: { labels?: Record<string, string> } } | undefined;
  if (!spec || !template || spec['manualSelector']) return;
  const label = { 'batch.kubernetes.io/controller-uid': object.metadata.uid };
  spec['selector'] = { matchLabels: label };
  template.metadata = {
    ...template.metadata,
    labels: {
      ...template.metadata?.labels,
      ...label,
      'batch.kubernetes.io/job-name': object.metadata.name,
      'job-name': object.metadata.name,
    },
  };
}
