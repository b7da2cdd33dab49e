import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import { err, ok, type Result } from '../../result';
import { isObject, type Json, type JsonObject } from '../template/json';

/** CloudFormation user guide, cloudformation-limits: of a template in S3, which is where CodePipeline puts it. */
const MOST_BYTES = 1_048_576;

/** Tags of the short form whose function has no `Fn::` in front. */
const WITHOUT_PREFIX = ['Ref', 'Condition'];
const FUNCTIONS = [
  'Base64', 'Cidr', 'And', 'Equals', 'If', 'Not', 'Or', 'FindInMap', 'GetAtt', 'GetAZs', 'ImportValue', 'Join', 'Length',
  'Select', 'Split', 'Sub', 'ToJsonString', 'Transform',
  // Of Rules.
  'Contains', 'EachMemberEquals', 'EachMemberIn', 'RefAll', 'ValueOf', 'ValueOfAll',
]; // biome-ignore format: one line reads better

/** A template or a parameter file, from JSON or YAML, the short forms of the functions written out. Every error with its line. */
export function parseTemplate(text: string): Result<JsonObject, string> {
  if (Buffer.byteLength(text) > MOST_BYTES)
    return err(`has more than ${MOST_BYTES} bytes, which CloudFormation refuses`);
  const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: true, merge: false });
  if (document.errors.length > 0)
    return err(...document.errors.map(({ message }) => message.split('\n')[0]?.replace(/:$/, '') ?? message));
  const errors: string[] = [];
  const value = document.contents ? plain(document.contents as Node, errors, 0) : undefined;
  if (errors.length > 0) return err(...errors);
  return isObject(value) ? ok(value) : err('is no JSON or YAML object');
}

function plain(node: Node, errors: string[], depth: number): Json {
  if (depth > 100) {
    errors.push('is nested deeper than 100 levels');
    return null;
  }
  const value = untagged(node, errors, depth);
  const tag = node.tag;
  if (tag === undefined || !tag.startsWith('!') || tag === '!') return value;
  const name = tag.slice(1);
  if (WITHOUT_PREFIX.includes(name)) return { [name]: value };
  if (!FUNCTIONS.includes(name)) errors.push(`has the unknown tag ${tag}`);
  if (name === 'GetAtt' && typeof value === 'string') {
    const dot = value.indexOf('.');
    return { 'Fn::GetAtt': [value.slice(0, dot), value.slice(dot + 1)] };
  }
  return { [`Fn::${name}`]: value };
}

function untagged(node: Node, errors: string[], depth: number): Json {
  if (isMap(node))
    return Object.fromEntries(
      node.items.map(({ key, value }): [string, Json] => [
        String(isScalar(key) ? key.value : key),
        value ? plain(value as Node, errors, depth + 1) : null,
      ]),
    );
  if (isSeq(node)) return node.items.map((item) => plain(item as Node, errors, depth + 1));
  if (isAlias(node)) errors.push(`has the alias *${node.source}; write the value out`);
  return isScalar(node) ? scalar(node.value) : null;
}

const scalar = (value: unknown): Json =>
  value === null || typeof value === 'number' || typeof value === 'boolean' ? value : String(value);
