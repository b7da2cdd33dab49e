import type { Buildspec } from './buildspec';
import { checkSecretReference } from './secret-reference';
import type { ShellName } from './shell';
import type { Place, YamlReader } from './yaml-reader';

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Names that CodeBuild takes and a shell drops. */
const UNREADABLE = /^(?!CODEBUILD_)[A-Za-z_][A-Za-z0-9_]*[.-][A-Za-z0-9_.-]*$/;

const KEYS = [
  'shell', 'variables', 'parameter-store', 'secrets-manager', 'exported-variables', 'git-credential-helper',
  'compute-type',
] as const; // biome-ignore format: one line reads better

type Environment = Pick<Buildspec, 'shell' | 'variables' | 'parameterStore' | 'secretsManager' | 'exportedVariables'>;

/** The `env` section. */
export function readEnvironment(reader: YamlReader, place: Place | undefined, notices: string[]): Environment {
  const fields = place ? reader.fields(place, KEYS) : {};
  const helper = fields['git-credential-helper'];
  if (helper && reader.flag(helper)) {
    notices.push('git-credential-helper: yes has no effect: a build here gets no credentials of a source provider');
  }
  if (fields['compute-type'] && reader.text(fields['compute-type'], 'the compute-type') !== undefined) {
    notices.push('env.compute-type has no effect: CodeBuild takes it from the project');
  }
  const secretsManager = readVariables(reader, fields['secrets-manager'], notices);
  for (const { key, value } of fields['secrets-manager'] ? reader.entries(fields['secrets-manager']) : []) {
    const problem = secretsManager[key] === undefined ? undefined : checkSecretReference(secretsManager[key]);
    if (problem !== undefined) reader.fail(value, problem);
  }
  const parameterStore = readVariables(reader, fields['parameter-store'], notices);
  for (const { key, value } of fields['parameter-store'] ? reader.entries(fields['parameter-store']) : []) {
    if (parameterStore[key] === '') reader.fail(value, `expected the name of a parameter for ${key}, found nothing`);
  }
  return {
    shell: fields.shell ? readShell(reader, fields.shell) : '/bin/sh',
    variables: readVariables(reader, fields.variables, notices),
    parameterStore,
    secretsManager,
    exportedVariables: fields['exported-variables'] ? readExported(reader, fields['exported-variables']) : [],
  };
}

function readShell(reader: YamlReader, place: Place): ShellName {
  const text = reader.text(place, 'bash or /bin/sh');
  if (text === 'bash' || text === '/bin/sh') return text;
  if (text === 'powershell.exe' || text === 'cmd.exe')
    reader.fail(place, `shell ${text} is a shell of Windows, which does not run here; expected bash or /bin/sh`);
  else if (text !== undefined)
    reader.fail(place, `shell ${text} is not known to CodeBuild on Linux; expected bash or /bin/sh`);
  return '/bin/sh';
}

/** Names with texts, for `env` and for the tasks of a batch. */
export function readVariables(reader: YamlReader, place: Place | undefined, notices: string[]): Record<string, string> {
  const read = (place ? reader.entries(place) : []).flatMap(({ key, value }) => {
    const text = reader.text(value, `the value of ${key} as text`);
    if (UNREADABLE.test(key)) {
      notices.push(`variable ${key} has no effect: no shell can read a name like that`);
      return [];
    }
    checkName(reader, key, value);
    return text === undefined ? [] : [[key, text]];
  });
  return Object.fromEntries(read);
}

export function checkName(reader: YamlReader, name: string, place: Place): void {
  if (!VARIABLE.test(name)) reader.fail(place, `"${name}" is not a name of an environment variable`);
  if (name.startsWith('CODEBUILD_'))
    reader.fail(place, `${name}: names that start with CODEBUILD_ are CodeBuild's own`);
}

/** Source: CodeBuild user guide, build-spec-ref, env/exported-variables. */
function readExported(reader: YamlReader, place: Place): string[] {
  return reader.items(place, 'variable names').flatMap((item) => {
    const name = reader.text(item, 'a variable name');
    if (name === undefined) return [];
    if (!VARIABLE.test(name)) return reader.fail(item, `"${name}" is not a name of an environment variable`) ?? [];
    if (name.startsWith('AWS_'))
      return reader.fail(item, `${name} cannot be exported: CodeBuild exports no variable that starts with AWS_`) ?? [];
    return [name];
  });
}
