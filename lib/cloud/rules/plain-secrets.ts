import { actions } from './pipeline-parts';
import { type Json, objects, shown, type TemplateRule } from './rule';

/** What well-known tokens and keys look like. */
const TOKEN =
  /\b(A[KS]IA[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|sk_live_\w{16,}|AIza[\w-]{30,}|ey[JK][\w-]{10,}\.[\w-]{10,}\.)|-----BEGIN [A-Z ]*PRIVATE KEY-----|:\/\/[^\s:/@$]+:[^\s:/@$]{3,}@/;

/** Names whose value is a secret, unless it says where the secret is. */
const NAMED = /(^|_|-)(PASS(WORD|WD|PHRASE)?|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)($|_?(VALUE|KEY)$)/i;

/** CloudFormation puts the value in their place, where everybody who reads the resource reads it. */
const RESOLVED = /\{\{resolve:(secretsmanager|ssm-secure|ssm):/;

const LONG = 20;
/** Bits a character: above words and identifiers, below random letters and digits. */
const RANDOM = 3.9;

/** Whether it looks made by chance: long, of letters in both cases and digits, hardly any of them twice. Hex is a digest. */
function isRandom(text: string): boolean {
  if (!/^[A-Za-z0-9+/=_-]+$/.test(text) || text.length < LONG || /^[0-9a-f]+$/i.test(text)) return false;
  if (!/[a-z]/.test(text) || !/[A-Z]/.test(text) || !/[0-9]/.test(text)) return false;
  const counts = [...new Set(text)].map((sign) => text.split(sign).length - 1);
  return -counts.reduce((sum, count) => sum + (count / text.length) * Math.log2(count / text.length), 0) > RANDOM;
}

interface Named {
  readonly name: string;
  readonly value: string;
}

const named = (name: Json, value: Json): Named => ({ name: shown(name), value: shown(value) });

/** The plain variables of a project, of a pipeline's actions and of a function. */
function variables(resource: Json): Named[] {
  const ofProject = objects(resource.Environment?.EnvironmentVariables);
  const ofActions = actions(resource).flatMap((action) => [
    ...objects(action.EnvironmentVariables),
    ...parsed(action.Configuration?.EnvironmentVariables),
  ]);
  const ofFunction = Object.entries(resource.Environment?.Variables ?? {}).map(([name, value]) => named(name, value));
  return [
    ...[...ofProject, ...ofActions]
      .filter((one) => (one.Type ?? one.type ?? 'PLAINTEXT') === 'PLAINTEXT')
      .map((one) => named(one.Name ?? one.name, one.Value ?? one.value)),
    ...ofFunction,
  ];
}

function parsed(text: Json): Json[] {
  try {
    return typeof text === 'string' ? objects(JSON.parse(text)) : [];
  } catch {
    return [];
  }
}

/** `NAME=value` and `NAME: value` of a buildspec, where the value is written out. */
const assignments = (buildspec: Json): Named[] =>
  typeof buildspec === 'string'
    ? [...buildspec.matchAll(/\b([A-Za-z_][A-Za-z0-9_]*)(?:=|:[ \t]+)["']?([^\s"'$`{[(|>&;\\]+)/g)].map(
        ([, name, value]) => named(name, value),
      )
    : [];

const isSecret = ({ name, value }: Named): boolean =>
  RESOLVED.test(value) || isRandom(value) || (NAMED.test(name) && /^[^{]+$/.test(value) && value.length > 3);

export const plainSecrets: TemplateRule = {
  id: 'plain-secrets',
  holds:
    'No secret stands in a template: neither in variables nor in a buildspec, nor as the value of a secret or parameter.',
  reason:
    'Whoever may read the stack, the project or its log has it, and it stays in the history of the repository (OWASP CI/CD 6).',
  remedy:
    'keep the value in Secrets Manager and name it in a variable of type SECRETS_MANAGER or in secrets-manager of the buildspec; a word that is no secret wants another name',
  types: [
    'AWS::CodeBuild::Project',
    'AWS::CodePipeline::Pipeline',
    'AWS::Lambda::Function',
    'AWS::SecretsManager::Secret',
    'AWS::SSM::Parameter',
  ],
  check: (resource) => {
    const token = TOKEN.exec(shown(resource))?.[0];
    if (token !== undefined) return `${token.slice(0, 8)}… is a token or a key`;
    if (resource.SecretString !== undefined) return 'the value of the secret is written out';
    const all = [...variables(resource), ...assignments(resource.Source?.BuildSpec)];
    if (resource.Value !== undefined) all.push(named(resource.Name, resource.Value));
    const found = all.find(isSecret);
    return found && `the value of ${found.name} is plain and looks like a secret`;
  },
};
