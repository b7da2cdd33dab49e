/** Who is spoken to, and why. A name counts with all below it. */
const KNOWN: Readonly<Record<string, string>> = {
  'amazonaws.com': 'AWS itself',
  'amazonaws.com.cn': 'AWS itself, in China',
  'public.ecr.aws': 'images that AWS publishes',
  'mirror.gcr.io': 'a copy of Docker Hub, for base images, so that builds meet no limit of anonymous pulls',
  'docker.io': 'base images that a Dockerfile names, where the mirror has them not',
  'pypi.org': 'the one package index, if slipway.yaml names no other (build.index)',
  'files.pythonhosted.org': 'where that index keeps its files',
  'k8s.io': 'no host: names of Kubernetes APIs and labels',
  'kubernetes.io': 'no host: names of labels',
  'in-toto.io': 'no host: the name of a format',
  'slsa.dev': 'no host: the name of a format',
  'cyclonedx.org': 'no host: the name of a format',
  'slipway.dev': 'no host: the prefix of our labels and annotations',
};

/** What looks like the name of a host: words before an ending that is in use and no file’s; in an address any ending will do. */
const HOST =
  /(?<![\w@.-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:com\.cn|com|org|net|io|dev|cloud|app|ai|co|eu|de|us|aws|tech|site|online|xyz|ru|cn)(?![\w-]|\.\w)/gi;

const ADDRESS = /\bhttps?:\/\/(?:[^\s/@]+@)?([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})/gi;

const isKnown = (host: string): boolean =>
  Object.keys(KNOWN).some((known) => host === known || host.endsWith(`.${known}`));

/** Hosts that a text names and that nobody has put on the list. */
export const unknownHosts = (text: string): string[] =>
  [...text.matchAll(HOST), ...text.matchAll(ADDRESS)]
    .map(([whole, host = whole]) => host.toLowerCase())
    .filter((host, at, all) => all.indexOf(host) === at && !isKnown(host));
