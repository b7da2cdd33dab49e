import { clusterRules, networkRules } from './cluster-rules';
import { type Complaint, key, value } from './complaints';
import type { EnvironmentFile } from './environments';
import type { File } from './schema';

type Named = readonly [name: string, environment: EnvironmentFile];

/** What is wrong with the accounts of environments. `aws`: absent if it is wrong by itself. */
export const accountRules = (environments: readonly Named[], aws: File['aws'] | undefined): Complaint[] =>
  environments.flatMap((one) => [
    ...(one[1].account === undefined ? strays(one) : aws === undefined ? [] : toolsRules(one, aws)),
    ...placeRules(one, environments),
  ]);

/** A cluster or a network of nobody's. */
const strays = ([name, environment]: Named): Complaint[] =>
  (['cluster', 'network'] as const)
    .filter((section) => environment[section] !== undefined)
    .map((section) =>
      key(
        ['environments', name, section],
        `belongs to an environment with \`account\`; all others share \`${section}\` at the top of the file`,
      ),
    );

const toolsRules = ([name, { account }]: Named, aws: File['aws']): Complaint[] => {
  const path = ['environments', name, 'account'];
  const missing = (['account', 'region'] as const).filter((key) => aws[key] === undefined).map((key) => `aws.${key}`);
  if (missing.length > 0) {
    return [key(path, `needs ${missing.join(' and ')}: where the pipelines are that deploy to this account`)];
  }
  return account === aws.account
    ? [value(path, 'is aws.account, where every environment lives that names no account; leave `account` out')]
    : [];
};

/** An account has one cluster in one network, said by one of its environments or by several alike. */
const placeRules = ([name, environment]: Named, all: readonly Named[]): Complaint[] => {
  const path = ['environments', name];
  const { account, cluster, network } = environment;
  if (account === undefined) return [];
  const first = (section: 'cluster' | 'network') =>
    all.find(([, one]) => one.account === account && one[section] !== undefined);
  const differs = (['cluster', 'network'] as const).flatMap((section) => {
    const [other = name, { [section]: said } = environment] = first(section) ?? [];
    return environment[section] === undefined || JSON.stringify(said) === JSON.stringify(environment[section])
      ? []
      : [
          value(
            [...path, section],
            `account ${account} has another ${section} in environments.${other}; environments that share an account share it: say it once`,
          ),
        ];
  });
  const networkThere = first('network')?.[1].network ?? {};
  return [
    ...differs,
    ...(cluster === undefined ? [] : clusterRules(cluster, networkThere, path)),
    ...(network === undefined ? [] : networkRules(network, path)),
  ];
};
