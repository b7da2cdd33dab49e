import type { KubeObject, LabelSelector } from './types';

/** Whether labels match a selector of an object's spec; an empty selector matches everything. */
export function matchesLabels(selector: LabelSelector | undefined, labels: Record<string, string> = {}): boolean {
  if (!selector) return false;
  const exact = Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
  return exact && (selector.matchExpressions ?? []).every((e) => holds(e.operator, labels[e.key], e.values ?? []));
}

function holds(operator: string, value: string | undefined, values: readonly string[]): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

export type Predicate = (object: KubeObject) => boolean;

/** `a=b,c!=d,e in (f,g),h notin (i),j,!k`; undefined if it cannot be read. */
export function parseLabelSelector(text: string): Predicate | undefined {
  const terms: Predicate[] = [];
  for (const part of text.split(/,(?![^()]*\))/).map((p) => p.trim())) {
    if (part === '') continue;
    const term = labelTerm(part);
    if (!term) return undefined;
    terms.push((object) => term(object.metadata.labels ?? {}));
  }
  return (object) => terms.every((term) => term(object));
}

function labelTerm(part: string): ((labels: Record<string, string>) => boolean) | undefined {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(part);
  if (set) {
    const [, key = '', word, list = ''] = set;
    const values = list.split(',').map((v) => v.trim());
    return (labels) => holds(word === 'in' ? 'In' : 'NotIn', labels[key], values);
  }
  const equality = /^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$/.exec(part);
  if (equality) {
    const [, key = '', operator, value] = equality;
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const existence = /^(!?)\s*([\w./-]+)$/.exec(part);
  if (!existence) return undefined;
  const [, not, key = ''] = existence;
  return (labels) => (labels[key] !== undefined) === (not === '');
}

/** `metadata.name=a,status.phase!=Running`: any path of the object; an absent value counts as empty. */
export function parseFieldSelector(text: string): Predicate | undefined {
  const terms: Predicate[] = [];
  for (const part of text.split(',')) {
    if (part === '') continue;
    const match = /^([A-Za-z.]+)(==|=|!=)(.*)$/.exec(part);
    if (!match) return undefined;
    const [, path = '', operator, value = ''] = match;
    terms.push((object) => (fieldAt(object, path) === value) === (operator !== '!='));
  }
  return (object) => terms.every((term) => term(object));
}

function fieldAt(object: unknown, path: string): string {
  let value = object;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return '';
    value = (value as Record<string, unknown>)[key];
  }
  return value === undefined || value === null ? '' : String(value);
}
