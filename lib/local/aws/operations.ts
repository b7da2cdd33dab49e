import { ImageStore } from '../image/store';
import { CredentialIssuer } from './credentials';
import { Jobs } from './jobs';
import { servicesOf } from './services';

/** The operations of the local endpoint: signing name of the service -> names, sorted. */
export function operationsHere(): Readonly<Record<string, readonly string[]>> {
  const nothing = {
    account: '',
    region: '',
    partition: '',
    clusters: [],
    repositories: [],
    images: new ImageStore(''),
  };
  const services = servicesOf(nothing, {
    jobs: new Jobs(),
    issuer: new CredentialIssuer(''),
    now: () => new Date(0),
    reveal: () => {},
  });
  return Object.fromEntries(
    Object.entries(services)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, { operations }]) => [name, Object.keys(operations).sort()]),
  );
}
