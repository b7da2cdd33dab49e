import { call } from '../client';
import type { Access } from '../kubeconfig';
import { FAULTS_PATH, type FaultInput, type FaultReport, type FaultSetInput } from './schema';

/** Puts faults into a running embedded cluster. Each client has a set of its own, by name; all sets act at once. */
export class FaultClient {
  constructor(
    private readonly access: Access,
    private readonly name: string,
  ) {}

  /** These faults in place of those that this client put before. */
  async put(...faults: readonly FaultInput[]): Promise<void> {
    await this.send('PUT', { faults: [...faults] } satisfies FaultSetInput);
  }

  async clear(): Promise<void> {
    await this.send('DELETE');
  }

  /** The API is gone for so many seconds. This client's faults are cleared. */
  async apiDown(seconds: number): Promise<void> {
    await this.send('PUT', { apiDown: seconds } satisfies FaultSetInput);
  }

  /** How often each fault struck, in the order in which they were put. */
  async strikes(): Promise<readonly number[]> {
    return (JSON.parse(await this.send('GET')) as FaultReport).strikes;
  }

  private async send(method: 'GET' | 'PUT' | 'DELETE', body?: FaultSetInput): Promise<string> {
    const answer = await call(this.access, method, `${FAULTS_PATH}/${this.name}`, body);
    if (answer.status !== 200) throw new Error(`faults: ${answer.status} ${answer.body}`);
    return answer.body;
  }
}
