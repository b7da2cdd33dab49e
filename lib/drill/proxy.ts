import { spawn } from 'node:child_process';

/** `kubectl proxy`: the way to Services of a cluster whose addresses are not ours. */
export interface KubectlProxy {
  /** Of a Service's port `http`. */
  url(namespace: string, service: string): string;
  stop(): Promise<void>;
}

/** Rejects with kubectl's words when it does not start. */
export async function startProxy(kubectl: string, kubeconfig: string): Promise<KubectlProxy> {
  const child = spawn(kubectl, ['--kubeconfig', kubeconfig, 'proxy', '--port=0'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const port = await new Promise<string>((resolve, reject) => {
    let said = '';
    const look = (text: string) => {
      said += text;
      const found = /127\.0\.0\.1:(\d+)/.exec(said)?.[1];
      if (found) resolve(found);
    };
    child.stdout.setEncoding('utf8').on('data', look);
    child.stderr.setEncoding('utf8').on('data', look);
    child.once('error', reject);
    void closed.then(() => reject(new Error(`kubectl proxy: ${said.trim()}`)));
  });
  return {
    url: (namespace, service) =>
      `http://127.0.0.1:${port}/api/v1/namespaces/${namespace}/services/${service}:http/proxy/`,
    async stop() {
      child.kill();
      await closed;
    },
  };
}
