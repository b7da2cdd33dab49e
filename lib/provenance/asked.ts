import { err, ok, type Result } from '../result';

/** An answer of an AWS API; its refusal is a problem that names the call and the error. */
export async function asked<T>(call: string, ask: () => Promise<T>): Promise<Result<T, string>> {
  try {
    return ok(await ask());
  } catch (error) {
    const { name, message } = error as Error;
    return err(`${call}: ${name}: ${message}`);
  }
}
