import type { EnvironmentVariable } from '../../plan';
import type { Reference } from '../draft';
import { KEYS } from '../keys';
import type { Node } from '../node';

/** Source: CodePipeline API, EnvironmentVariableList, EnvironmentVariableName, EnvironmentVariableValue. */
const MOST_VARIABLES = 10;
const NAME = /^[A-Za-z0-9_]{1,128}$/;
const LONGEST_VALUE = 2000;

/** An action's EnvironmentVariables, beside its configuration. Every value is among `texts` too. */
export function readEnvironmentVariables(
  list: Node,
  types: readonly ('PLAINTEXT' | 'SECRETS_MANAGER')[],
): { readonly variables: EnvironmentVariable[]; readonly texts: Reference[] } {
  const items = list.items();
  if (!list.absent && (items.length < 1 || items.length > MOST_VARIABLES))
    list.fail(`Expected 1 to ${MOST_VARIABLES} environment variables, found ${items.length}.`);
  const names = new Set<string>();
  const texts: Reference[] = [];
  const variables = items.map((item): EnvironmentVariable => {
    item.object(KEYS.environmentVariable);
    const name = item.member('Name').name(NAME, '1–128 letters, digits and _');
    if (name.startsWith('CODEBUILD_')) item.fail(`The name ${name} is reserved; CodeBuild sets CODEBUILD_… itself.`);
    if (name !== '' && names.has(name)) item.fail(`The variable ${name} stands here twice.`);
    names.add(name);
    const node = item.member('Value');
    const value = node.requiredText();
    if (value.length > LONGEST_VALUE)
      node.fail(`The value has ${value.length} characters; CodePipeline takes ${LONGEST_VALUE}: shorten it.`);
    texts.push({ node, text: value });
    const only = types.length === 1 ? 'Only a Commands action takes secrets; give it to one.' : '';
    return { name, value, type: item.member('Type').oneOf(types, only) ?? 'PLAINTEXT' };
  });
  return { variables, texts };
}
