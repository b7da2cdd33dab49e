import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import { err, ok, type Result } from '../../result';
import type { Json, Template } from './rule';

/** Short forms of intrinsic functions (CloudFormation template reference): `!Ref` is `Ref`, `!Sub` is `Fn::Sub` … */
const SHORT_FORMS: Readonly<Record<string, string>> = {
  Ref: 'Ref',
  Condition: 'Condition',
  ...Object.fromEntries(
    [
      ...['And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'ForEach', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join'],
      ...['Length', 'Not', 'Or', 'Select', 'Split', 'Sub', 'ToJsonString', 'Transform'],
    ].map((name) => [name, `Fn::${name}`]),
  ),
};

/** Aliases that stand for more than this are no template but a bomb. */
const MOST_ALIASES = 100;

/**
 * Reads a template, JSON or YAML with short forms, as rules take it; no function is evaluated. Errors: every one that the parser
 * finds, tags that CloudFormation does not know, and what is no template, each with its line.
 */
export function readTemplate(text: string): Result<Template, string> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: 'silent', prettyErrors: false });
  const at = (offset: number | undefined): string => `line ${lines.linePos(offset ?? 0).line}`;
  if (document.errors.length > 0) return err(...document.errors.map(({ message, pos }) => `${at(pos[0])}: ${message}`));
  const errors: string[] = [];
  let aliases = 0;
  const value = (node: unknown): Json => {
    if (!isNode(node)) return undefined;
    if (isAlias(node)) {
      aliases += 1;
      const target = node.resolve(document);
      if (target === undefined) errors.push(`${at(node.range?.[0])}: no anchor &${node.source} before this`);
      if (aliases <= MOST_ALIASES) return value(target);
      if (aliases === MOST_ALIASES + 1) errors.push(`${at(node.range?.[0])}: more than ${MOST_ALIASES} aliases`);
      return undefined;
    }
    const plain = bare(node);
    const name = node.tag?.startsWith('!') ? node.tag.slice(1) : undefined;
    if (name === undefined || name === '') return plain;
    const long = Object.hasOwn(SHORT_FORMS, name) ? SHORT_FORMS[name] : undefined;
    if (long === undefined) {
      errors.push(`${at(node.range?.[0])}: CloudFormation knows no !${name}`);
      return plain;
    }
    return { [long]: long === 'Fn::GetAtt' && typeof plain === 'string' ? attribute(plain) : plain };
  };
  const bare = (node: Node): Json => {
    if (isSeq(node)) return node.items.map((item) => value(item) ?? null);
    if (isScalar(node)) return node.value;
    if (!isMap(node)) return undefined;
    return Object.fromEntries(node.items.map(({ key, value: member }) => [String(value(key)), value(member) ?? null]));
  };
  const template = value(document.contents);
  errors.push(...shapeErrors(template));
  return errors.length > 0 ? err(...errors) : ok(template as Template);
}

/** `Resource.Outputs.Name` -> the resource, and its attribute `Outputs.Name`. */
const attribute = (text: string): string[] => [text.slice(0, text.indexOf('.')), text.slice(text.indexOf('.') + 1)];

/** What no template may lack: resources, each with a type. */
function shapeErrors(template: Json): string[] {
  const resources = isObject(template) ? template['Resources'] : undefined;
  if (!isObject(resources)) return ['expected a CloudFormation template: an object with Resources'];
  return Object.entries(resources)
    .filter(([, resource]) => !isObject(resource) || typeof resource['Type'] !== 'string')
    .map(([logicalId]) => `Resources.${logicalId}: expected an object with a Type`);
}

const isObject = (value: Json): value is Record<string, Json> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
