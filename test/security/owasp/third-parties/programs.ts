import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../cloud/fixtures';
import { type Check, type Mutant, suite } from '../mutants';
import { unknownHosts } from './hosts';

interface Sources {
  /** Path from the project's root -> text without comments. */
  readonly texts: Record<string, string>;
}

const files = (folder: string): string[] =>
  readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|yml|sh|mjs)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(projectRoot.length + 1));

const withoutComments = (text: string): string =>
  text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)(\/\/|#) .*$/gm, '$1');

const sources = (): Sources => ({
  texts: Object.fromEntries(
    ['buildspecs', 'lambda', 'lib/deploy', 'lib/attest', 'lib/provenance']
      .flatMap((folder) => {
        try {
          return files(folder);
        } catch {
          return [];
        }
      })
      .map((path) => [path, withoutComments(readFileSync(join(projectRoot, path), 'utf8'))]),
  ),
});

const hostsOfPrograms: Check<Sources> = {
  name: 'hosts-of-programs',
  holds:
    'Buildspecs, functions, and the programs that deploy and attest name no host but AWS’s and those of that list.',
  findings: ({ texts }) =>
    Object.entries(texts).flatMap(([path, text]) => unknownHosts(text).map((host) => `${path} names ${host}`)),
};

const clients: Check<Sources> = {
  name: 'clients-of-aws',
  holds: 'What these programs import to speak over the network is AWS’s SDK, and no client of somebody else.',
  findings: ({ texts }) =>
    Object.entries(texts).flatMap(([path, text]) =>
      [...text.matchAll(/\b(?:from|require\(|import\()\s*'([^'.\s][^'\s]*)'/g)]
        .map(([, name = '']) => name)
        .filter(
          (name) => !/^(node:|@aws-sdk\/|@smithy\/|commander$|zod$|yaml$|fast-xml-parser$|@aws-crypto\/)/.test(name),
        )
        .map((name) => `${path} imports ${name}`),
    ),
};

const inPrograms = (
  { name: foundBy }: Check<Sources>,
  id: string,
  description: string,
  apply: (all: Sources) => unknown,
): Mutant<Sources> => ({ id, description, foundBy, apply });

export const ofPrograms = suite({
  name: 'the programs that builds and functions run',
  subject: sources,
  checks: [hostsOfPrograms, clients],
  mutants: [
    inPrograms(
      hostsOfPrograms,
      'shell',
      'shell function that asks somebody else',
      ({ texts }) => (texts['buildspecs/lib/uv.sh'] += '\ncurl --silent https://example.com/install.sh\n'),
    ),
    inPrograms(
      hostsOfPrograms,
      'function',
      'function that tells somebody else',
      ({ texts }) => (texts['lambda/bake/index.ts'] += "\nawait fetch('https://api.datadoghq.com/v1/events');\n"),
    ),
    inPrograms(
      clients,
      'client',
      'client of somebody else',
      ({ texts }) => (texts['lib/deploy/main.ts'] += "\nimport { WebClient } from '@slack/web-api';\n"),
    ),
  ],
});
