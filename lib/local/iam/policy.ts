import { err, ok, type Result } from '../../result';
import { isObject } from '../template/json';

/** A policy document, read: every list is a list, whatever way it was written. Source: IAM user guide, reference_policies_grammar. */
export interface Statement {
  readonly sid?: string;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Selection;
  /** Absent: the statement is of a trust policy, which is about the role that holds it. */
  readonly resources?: Selection;
  /** Absent: the statement is of an identity's policy, which is about whoever holds it. */
  readonly principals?: PrincipalSelection;
  readonly conditions: readonly Condition[];
}

/** Patterns, or with `not` everything but them (NotAction, NotResource). */
export interface Selection {
  readonly not: boolean;
  readonly patterns: readonly string[];
}

/** By kind (AWS, Service, Federated, CanonicalUser); `*` alone stands under AWS. */
export interface PrincipalSelection {
  readonly not: boolean;
  readonly names: Readonly<Record<string, readonly string[]>>;
}

/** One operator on one context key. */
export interface Condition {
  /** As it is written, `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

const MEMBERS = [
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Principal',
  'NotPrincipal',
  'Condition',
];
const PRINCIPALS = ['AWS', 'Service', 'Federated', 'CanonicalUser'];

/** Errors say which statement and what is wrong with it, all at once. */
export function readPolicy(raw: unknown): Result<readonly Statement[], string> {
  if (!isObject(raw)) return err('expected a policy document: an object with Version and Statement');
  const statements = listOf(raw['Statement']);
  const read = statements.map((statement, index) => readStatement(statement, `Statement[${index}]`));
  const errors = read.flatMap((each) => (each.ok ? [] : each.errors));
  return errors.length > 0 ? err(...errors) : ok(read.flatMap((each) => (each.ok ? [each.value] : [])));
}

function readStatement(raw: unknown, at: string): Result<Statement, string> {
  if (!isObject(raw)) return err(`${at}: expected an object`);
  const problems = Object.keys(raw)
    .filter((key) => !MEMBERS.includes(key))
    .map((key) => `${at}.${key}: IAM knows no such member`);
  const effect = raw['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') problems.push(`${at}.Effect: expected Allow or Deny`);
  const selection = (key: string): Selection | undefined => {
    const both = [raw[key], raw[`Not${key}`]].filter((value) => value !== undefined);
    if (both.length > 1) problems.push(`${at}: ${key} and Not${key} exclude each other`);
    const patterns = listOf(both[0]);
    if (!patterns.every((pattern) => typeof pattern === 'string')) problems.push(`${at}.${key}: expected texts`);
    return both.length === 0 ? undefined : { not: raw[`Not${key}`] !== undefined, patterns: patterns.map(String) };
  };
  const [actions, resources] = [selection('Action'), selection('Resource')];
  if (actions === undefined) problems.push(`${at}: expected Action or NotAction`);
  const principals = readPrincipals(raw, at, problems);
  const conditions = readConditions(raw['Condition'], `${at}.Condition`, problems);
  if (problems.length > 0) return err(...problems);
  return ok({
    ...(typeof raw['Sid'] === 'string' && { sid: raw['Sid'] }),
    effect: effect as Statement['effect'],
    actions: actions as Selection,
    ...(resources && { resources }),
    ...(principals && { principals }),
    conditions,
  });
}

function readPrincipals(
  raw: Readonly<Record<string, unknown>>,
  at: string,
  problems: string[],
): PrincipalSelection | undefined {
  const not = raw['NotPrincipal'] !== undefined;
  const written = raw['Principal'] ?? raw['NotPrincipal'];
  if (written === undefined) return undefined;
  if (written === '*') return { not, names: { AWS: ['*'] } };
  if (!isObject(written) || Object.keys(written).some((kind) => !PRINCIPALS.includes(kind))) {
    problems.push(`${at}.Principal: expected "*" or an object of ${PRINCIPALS.join(', ')}`);
    return undefined;
  }
  return {
    not,
    names: Object.fromEntries(Object.entries(written).map(([kind, names]) => [kind, listOf(names).map(String)])),
  };
}

function readConditions(raw: unknown, at: string, problems: string[]): Condition[] {
  if (raw === undefined) return [];
  if (!isObject(raw)) {
    problems.push(`${at}: expected an object`);
    return [];
  }
  return Object.entries(raw).flatMap(([operator, keys]) => {
    if (isObject(keys))
      return Object.entries(keys).map(([key, values]) => ({ operator, key, values: listOf(values).map(String) }));
    problems.push(`${at}.${operator}: expected an object of context keys`);
    return [];
  });
}

const listOf = (value: unknown): unknown[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]);
