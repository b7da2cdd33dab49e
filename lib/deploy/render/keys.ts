import { RELEASE_ANNOTATION, SET_LABELS } from '../objects';

/** Annotations that manifests may set; documented in docs/deployer.md, "Manifests". */
export const PHASE_ANNOTATION = 'slipway.dev/phase';
export const KEEP_NAME_ANNOTATION = 'slipway.dev/keep-name';
export const ALLOW_ANNOTATION = 'slipway.dev/allow';

/** What a workload may be allowed by ALLOW_ANNOTATION, each with a reason: see preflight/pod-hardening. */
export const ALLOWABLE = ['no-limits', 'writable-root', 'service-token', 'open-network'] as const;
export type Allowable = (typeof ALLOWABLE)[number];

/** On pod templates: the digest that the pods run; a container reads it by the downward API. */
export const DIGEST_ANNOTATION = 'slipway.dev/image-digest';
/** On pod templates: hash of the ConfigMaps and Secrets that keep their names, so that a change of them rolls the pods. */
export const CONFIGURATION_ANNOTATION = 'slipway.dev/configuration';

const PREFIX = 'slipway.dev/';
const USER_KEYS: Readonly<Record<string, readonly string[]>> = {
  [PHASE_ANNOTATION]: ['before'],
  [KEEP_NAME_ANNOTATION]: ['true', 'false'],
};
const SHORTEST_REASON = 10;

/** What `<rule>: <reason>; …` allows; errors tell each part that is not of this form. */
export function readAllowed(text: string): {
  readonly allowed: readonly Allowable[];
  readonly errors: readonly string[];
} {
  const allowed: Allowable[] = [];
  const errors: string[] = [];
  for (const part of text.split(';').map((each) => each.trim())) {
    const [, rule = '', reason = ''] = /^([a-z-]+):\s*(.*)$/s.exec(part) ?? [];
    const known = ALLOWABLE.find((each) => each === rule);
    if (known && reason.length >= SHORTEST_REASON) allowed.push(known);
    else errors.push(`"${part}"`);
  }
  return { allowed, errors };
}

/** Set by the deployer; what manifests say there is replaced. */
const OWN_KEYS: readonly string[] = [
  SET_LABELS.service,
  SET_LABELS.environment,
  RELEASE_ANNOTATION,
  DIGEST_ANNOTATION,
  CONFIGURATION_ANNOTATION,
];

/** What is wrong with the `slipway.dev/` keys of an object's annotations; a misspelt one would be without effect. */
export function problemsOfKeys(annotations: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(annotations).flatMap(([key, value]) => {
    if (!key.startsWith(PREFIX) || OWN_KEYS.includes(key)) return [];
    if (key === ALLOW_ANNOTATION) {
      const found = readAllowed(String(value)).errors.join(', ');
      const form = `"<rule>: <reason>", several with ; between them, a rule being ${ALLOWABLE.join(', ')} and a reason having ${SHORTEST_REASON} characters`;
      return found === '' ? [] : [`annotation ${key} says ${found}; expected ${form}`];
    }
    const values = USER_KEYS[key];
    if (!values)
      return [
        `annotation ${key} is not known; expected one of ${[...Object.keys(USER_KEYS), ALLOW_ANNOTATION].join(', ')}, or another prefix`,
      ];
    if (typeof value === 'string' && values.includes(value)) return [];
    return [`annotation ${key} is ${JSON.stringify(value)}; expected ${values.map((one) => `"${one}"`).join(' or ')}`];
  });
}
