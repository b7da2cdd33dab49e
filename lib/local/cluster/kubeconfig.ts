/** How to reach a cluster as its administrator. */
export interface Access {
  readonly url: string;
  /** Base64 PEM. */
  readonly caData: string;
  readonly token: string;
}

const NAME = 'slipway-local';

/** A kubeconfig (JSON is YAML too) with one context. */
export function kubeconfigOf({ url, caData, token }: Access, namespace = 'default'): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: NAME, cluster: { server: url, 'certificate-authority-data': caData } }],
    users: [{ name: NAME, user: { token } }],
    contexts: [{ name: NAME, context: { cluster: NAME, user: NAME, namespace } }],
    'current-context': NAME,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
