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
  readonly description: string;
  /** Resource types that it looks at. */
  readonly types: readonly string[];
  /** Absent: the resource is fine. */
  readonly check: (
    properties: Json,
    resource: { readonly type: string; readonly logicalId: string },
  ) => string | undefined;
}

/** Every finding of every rule. */
export function checkTemplate(template: Template, rules: readonly TemplateRule[]): Finding[] {
  return Object.entries(template.Resources ?? {}).flatMap(([logicalId, { Type: type, Properties = {} }]) =>
    rules
      .filter((rule) => rule.types.includes(type))
      .flatMap((rule) => {
        const message = rule.check(Properties, { type, logicalId });
        return message === undefined ? [] : [{ rule: rule.id, logicalId, message }];
      }),
  );
}

/** A list that CloudFormation lets one write as a single value. */
export const list = (value: Json): Json[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
