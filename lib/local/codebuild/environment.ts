import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EnvironmentVariable } from '../plan';
import type { Buildspec } from './buildspec';
import type { SecretSource } from './secrets';

/**
 * The only variables of the user's that a build sees: how to reach package indexes and which certificates to trust, which
 * a company's network may demand. Everything else, credentials above all, stays outside.
 */
const PASSED_ON: readonly RegExp[] = [
  /^(HTTP|HTTPS|ALL|NO)_PROXY$/i,
  /^(SSL_CERT_FILE|SSL_CERT_DIR|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS|GIT_SSL_CAINFO|AWS_CA_BUNDLE)$/,
  /^PIP_(INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY|DEFAULT_TIMEOUT|RETRIES|CONFIG_FILE)$/,
  /^UV_(INDEX|DEFAULT_INDEX|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|INSECURE_HOST|NATIVE_TLS|SYSTEM_CERTS|HTTP_TIMEOUT|HTTP_RETRIES|OFFLINE|CONFIG_FILE)$/,
  /^UV_INDEX_\w+_(USERNAME|PASSWORD)$/,
  /^npm_config_(registry|cafile|proxy|https[-_]proxy|noproxy|strict[-_]ssl|userconfig)$/i,
];

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** Where a build happens and as whom. All paths absolute. */
export interface BuildSetting {
  readonly id: string;
  readonly arn: string;
  readonly projectArn: string;
  readonly image: string;
  /** Key that encrypts the artifacts. */
  readonly kmsKey: string;
  /** How many builds of the project there were, this one included. */
  readonly number: number;
  /** Of a build in a batch. */
  readonly batchIdentifier?: string;
  readonly initiator: string;
  readonly region: string;
  readonly startTime: Date;
  readonly sourceFolder: string;
  /** Artifact -> folder, for inputs other than the primary one. */
  readonly secondarySources: Readonly<Record<string, string>>;
  /** What `CODEBUILD_SOURCE_VERSION` says: the artifact's place. */
  readonly sourceVersion: string;
  /** Revision of the primary source, as far as known. */
  readonly resolvedSourceVersion: string;
  readonly home: string;
  readonly temporary: string;
  readonly log: string;
  readonly cacheFolder: string;
  /** Comes first on PATH; absent: PATH is the build container's. */
  readonly binFolder?: string;
  readonly endpoint: string;
  readonly credentials: Credentials;
}

/** Everything that a build's first command finds in its environment, and what must never be shown. */
export interface BuildEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** What no output shows: values of both services, credentials, passwords in addresses of indexes. */
  readonly secrets: readonly string[];
  /** Those of Secrets Manager, which no file that outlives the build may hold either. */
  readonly confidential: readonly string[];
  readonly problems: readonly string[];
}

export interface EnvironmentSources {
  readonly buildspec: Pick<Buildspec, 'variables' | 'parameterStore' | 'secretsManager'>;
  readonly project: readonly EnvironmentVariable[];
  readonly action: readonly EnvironmentVariable[];
  /** The runner's own, e.g. for stand-ins; the lowest precedence. */
  readonly extra: Readonly<Record<string, string>>;
  /** The environment of whoever started Slipway; only what `passedOn` lets through is taken. */
  readonly user: Readonly<Record<string, string | undefined>>;
  readonly secretSource: SecretSource;
}

/** Precedence as CodeBuild's: action over project over buildspec; values are literal. CodeBuild's own names cannot be set. */
export function buildEnvironment(setting: BuildSetting, sources: EnvironmentSources): BuildEnvironment {
  const problems: string[] = [];
  const secrets: string[] = [setting.credentials.secretAccessKey, setting.credentials.sessionToken];
  const confidential: string[] = [];
  const look = (kind: 'parameter' | 'secret', name: string, reference: string): string => {
    const found = sources.secretSource[kind](reference);
    if (!found.ok) {
      problems.push(...found.errors.map((error) => `${name}: ${error}`));
      return '';
    }
    secrets.push(found.value);
    if (kind === 'secret') confidential.push(found.value);
    return found.value;
  };
  const given = (variables: readonly EnvironmentVariable[]): Record<string, string> =>
    Object.fromEntries(
      variables.map(({ name, value, type }) => {
        if (name.startsWith('CODEBUILD_'))
          problems.push(`${name}: names that start with CODEBUILD_ are CodeBuild's own`);
        if (type === 'PLAINTEXT') return [name, value];
        return [name, look(type === 'PARAMETER_STORE' ? 'parameter' : 'secret', name, value)];
      }),
    );
  const references = (kind: 'parameter' | 'secret', names: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(names).map(([name, reference]) => [name, look(kind, name, reference)]));

  const passed = passedOn(sources.user);
  secrets.push(
    ...urlPasswords(passed),
    ...Object.keys(passed)
      .filter((name) => /PASSWORD$/.test(name))
      .map((name) => passed[name] ?? ''),
  );
  return {
    variables: {
      ...passed,
      ...hostVariables(setting, sources.user),
      ...sources.extra,
      ...codeBuildVariables(setting),
      ...sources.buildspec.variables,
      ...references('parameter', sources.buildspec.parameterStore),
      ...references('secret', sources.buildspec.secretsManager),
      ...given(sources.project),
      ...given(sources.action),
    },
    secrets: secrets.filter((secret) => secret !== ''),
    confidential,
    problems,
  };
}

export const passedOn = (user: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(user).filter(
      (entry): entry is [string, string] =>
        entry[1] !== undefined && PASSED_ON.some((pattern) => pattern.test(entry[0])),
    ),
  );

const urlPasswords = (variables: Readonly<Record<string, string>>): string[] =>
  Object.values(variables).flatMap((value) =>
    [...value.matchAll(/:\/\/[^/\s:@]*:([^/\s@]+)@/g)].flatMap(([, password = '']) => [password, decoded(password)]),
  );

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** What this machine needs to stand in for a build container. */
function hostVariables(
  setting: BuildSetting,
  user: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  // The local endpoint and the embedded cluster are never behind a company's proxy.
  const noProxy = [user['NO_PROXY'] ?? user['no_proxy'], '127.0.0.1', 'localhost', '::1'].filter(Boolean).join(',');
  return {
    ...(setting.binFolder !== undefined && { PATH: searchPath(setting.binFolder, user['PATH'] ?? '') }),
    LANG: process.platform === 'darwin' && setting.binFolder !== undefined ? 'en_US.UTF-8' : 'C.UTF-8',
    TMPDIR: setting.temporary,
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    UV_CACHE_DIR: join(setting.cacheFolder, 'uv'),
    UV_PYTHON_DOWNLOADS: 'never',
    PIP_CACHE_DIR: join(setting.cacheFolder, 'pip'),
    PIP_DISABLE_PIP_VERSION_CHECK: '1',
    AWS_ENDPOINT_URL: setting.endpoint,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_ACCESS_KEY_ID: setting.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: setting.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: setting.credentials.sessionToken,
  };
}

const SYSTEM = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The runner's tools, then the system's programs, then the folders of Node and git where they are somewhere else. */
function searchPath(binFolder: string, userPath: string): string {
  const folders = [binFolder, ...SYSTEM];
  for (const folder of [dirname(process.execPath), folderOf('git', userPath)]) {
    if (folder !== undefined && !folders.includes(folder)) folders.push(folder);
  }
  return folders.join(delimiter);
}

const folderOf = (program: string, path: string): string | undefined =>
  path.split(delimiter).find((folder) => folder.startsWith('/') && existsSync(join(folder, program)));

/** CodeBuild's own variables (user guide, build-env-ref-env-vars). */
function codeBuildVariables(setting: BuildSetting): Record<string, string> {
  const sources = Object.entries(setting.secondarySources).map(([name, folder]) => [
    `CODEBUILD_SRC_DIR_${name}`,
    folder,
  ]);
  return {
    AWS_DEFAULT_REGION: setting.region,
    AWS_REGION: setting.region,
    HOME: setting.home,
    ...(setting.batchIdentifier !== undefined && { CODEBUILD_BATCH_BUILD_IDENTIFIER: setting.batchIdentifier }),
    CODEBUILD_BUILD_ARN: setting.arn,
    CODEBUILD_BUILD_ID: setting.id,
    CODEBUILD_BUILD_IMAGE: setting.image,
    CODEBUILD_BUILD_NUMBER: String(setting.number),
    CODEBUILD_BUILD_SUCCEEDING: '1',
    CODEBUILD_BUILD_URL: pathToFileURL(setting.log).href,
    CODEBUILD_CI: 'true',
    CODEBUILD_INITIATOR: setting.initiator,
    CODEBUILD_KMS_KEY_ID: setting.kmsKey,
    CODEBUILD_LOG_PATH: setting.id.slice(setting.id.indexOf(':') + 1),
    CODEBUILD_PROJECT_ARN: setting.projectArn,
    CODEBUILD_RESOLVED_SOURCE_VERSION: setting.resolvedSourceVersion,
    CODEBUILD_SOURCE_REPO_URL: '',
    CODEBUILD_SOURCE_VERSION: setting.sourceVersion,
    CODEBUILD_SRC_DIR: setting.sourceFolder,
    CODEBUILD_START_TIME: String(setting.startTime.getTime()),
    ...Object.fromEntries(sources),
  };
}
