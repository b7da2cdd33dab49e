import type { Case, Cases } from './tests';
import { asElement, type Element, elements, numberOf } from './xml';

/** Cucumber's JSON: features with their scenarios. A scenario fails with its first step that does, and passes when all do; durations are nanoseconds. */
export function cucumber(content: unknown): Cases | undefined {
  if (!Array.isArray(content)) return undefined;
  const features = content.map(asElement);
  if (features.some((feature) => feature === undefined || !Array.isArray(feature['elements'] ?? []))) return undefined;
  if (features.some((feature) => feature?.['elements'] === undefined && feature?.['uri'] === undefined))
    return undefined;
  const cases = features.flatMap((feature) =>
    elements(feature?.['elements'])
      .filter((element) => element['type'] !== 'background')
      .map((element) => scenario(feature as Element, element)),
  );
  return { cases };
}

function scenario(feature: Element, element: Element): Case {
  const steps = ['before', 'steps', 'after'].flatMap((part) => elements(element[part]));
  const results = steps.map((step) => asElement(step['result']) ?? {});
  const failed = results.find((result) => ['failed', 'ambiguous', 'undefined'].includes(String(result['status'])));
  const skipped = results.find((result) => ['skipped', 'pending'].includes(String(result['status'])));
  const nanoseconds = results.reduce((sum, result) => sum + numberOf(result['duration']), 0);
  const name = [feature['name'], element['name']].filter(Boolean).map(String).join(': ');
  const message = failed?.['error_message'] ?? (failed ? `a step is ${String(failed['status'])}` : '');
  return {
    name,
    status: failed ? 'failed' : skipped ? 'skipped' : 'passed',
    seconds: nanoseconds / 1e9,
    message: String(message || (skipped ? `a step is ${String(skipped['status'])}` : '')),
  };
}
