import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Json } from '../../lib/cloud/rules/rule';
import { type CommandResult, runCommand } from '../../lib/local/tools/command';

export const projectRoot = join(__dirname, '..', '..');
export const ACCOUNT = '123456789012';
export const REGION = 'eu-west-1';
const TIMEOUT = 5 * 60_000;

interface Call {
  /** Another slipway.yaml. */
  readonly config?: string;
  /** Where there is no app, for what needs none. */
  readonly cwd?: string;
  /** Whose credentials. */
  readonly account?: string;
}

/** Emulated AWS accounts of their own, on a loopback port, until they are closed; with the real CDK CLI for them. */
export class EmulatedAccount {
  readonly folder = mkdtempSync(join(tmpdir(), 'slipway-deploy-proof-'));
  private readonly stop = new AbortController();

  private constructor(
    private readonly server: ChildProcess,
    private readonly port: string,
  ) {
    mkdirSync(join(this.folder, 'home'));
  }

  static async open(python: string): Promise<EmulatedAccount> {
    const server = spawn(python, ['-B', '-m', 'emulator.server'], {
      cwd: __dirname,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: server.stdout });
    const port = await new Promise<string>((resolve, reject) => {
      lines.once('line', resolve);
      server.once('exit', (code) => reject(new Error(`the emulated AWS ended with ${code}`)));
    });
    return new EmulatedAccount(server, port);
  }

  async close(): Promise<void> {
    this.stop.abort();
    const ended = new Promise((resolve) => this.server.once('exit', resolve));
    this.server.stdin?.end();
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }

  private environment(more: Readonly<Record<string, string>>): Record<string, string | undefined> {
    return {
      PATH: process.env['PATH'],
      HOME: join(this.folder, 'home'),
      AWS_ENDPOINT_URL: `http://localhost:${this.port}`,
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
      AWS_REGION: REGION,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CI: 'true',
      ...more,
    };
  }

  /** The CDK CLI of this project, as a user calls it. */
  async cdk(
    parameters: readonly string[],
    { config, cwd = projectRoot, account = ACCOUNT }: Call = {},
  ): Promise<CommandResult> {
    const program = join(projectRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk');
    const key: Json = account === ACCOUNT ? undefined : await this.ask('credentials', account);
    return runCommand(process.execPath, [program, '--no-notices', '--no-color', ...parameters], {
      cwd,
      environment: this.environment({
        ...(config !== undefined && { SLIPWAY_CONFIG: config }),
        ...(key && {
          AWS_ACCESS_KEY_ID: key.AccessKeyId,
          AWS_SECRET_ACCESS_KEY: key.SecretAccessKey,
          AWS_SESSION_TOKEN: key.SessionToken,
        }),
      }),
      signal: this.stop.signal,
      timeout: TIMEOUT,
      words: 60_000,
    });
  }

  /**
   * `seen`: everything that the account holds, as the services' APIs tell it (emulator/observe.py). `unlike`: every property of every
   * resource that the services do not tell as its template asks for it. `unprotected`: takes the protection off all stacks.
   */
  async ask(what: 'seen' | 'unlike' | 'unprotected' | 'credentials', account = ACCOUNT): Promise<Json> {
    const url = `http://localhost:${this.port}/_proof/${what}?region=${REGION}&account=${account}`;
    const answer = await fetch(url, { signal: this.stop.signal });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  }
}
