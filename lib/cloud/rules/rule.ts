/** A CloudFormation template as far as rules read it. Values may be intrinsics, so nothing below Properties has a type. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
}

interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Json;
}

// biome-ignore lint/suspicious/noExplicitAny: a template's properties are whatever JSON they are
export type Json = any;

/** One place where a template breaks a rule. */
export interface Finding {
  readonly rule: string;
  readonly logicalId: string;
  /** What is wrong, and what to do. */
  readonly message: string;
}

export interface TemplateRule {
  readonly id: string;
  /** What it holds, as a sentence. */
  readonly holds: string;
  /** What would happen otherwise, and where AWS says so. */
  readonly reason: string;
  /** What to do where it is broken. */
  readonly remedy: string;
  /** Resource types that it looks at. */
  readonly types: readonly string[];
  /** What is wrong; absent: the resource is fine. What only a deploy will know counts as wrong. Never throws, whatever is there. */
  readonly check: (properties: Json) => string | undefined;
}

/** Every finding of every rule. */
export function checkTemplate(template: Template, rules: readonly TemplateRule[]): Finding[] {
  return Object.entries(template.Resources ?? {}).flatMap(([logicalId, { Type: type, Properties }]) =>
    rules
      .filter((rule) => rule.types.includes(type))
      .flatMap((rule) => {
        const found = rule.check(object(Properties));
        return found === undefined ? [] : [{ rule: rule.id, logicalId, message: `${found}: ${rule.remedy}` }];
      }),
  );
}

/** A list that CloudFormation lets one write as a single value. */
export const list = (value: Json): Json[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);

/** The value if it is an object, else one without members. */
const object = (value: Json): Json => (typeof value === 'object' && value !== null ? value : {});

/** The members of a list, each an object. */
export const objects = (value: Json): Json[] => list(value).map(object);

/** Whether it is a number above 0, also as text. */
export const isPositive = (value: Json): boolean => /^(number|string)$/.test(typeof value) && Number(value) > 0;

/** A value as a message shows it. */
export const shown = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));
