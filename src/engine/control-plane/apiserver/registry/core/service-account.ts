/**
 * ServiceAccounts.
 * @upstream pkg/registry/core/serviceaccount/strategy.go
 */
import { type ServiceAccount, serviceAccounts } from '#engine/api';
import { ageColumn, nameColumn } from '../columns.ts';
import { changeItems } from '../sharing.ts';
import type { Strategy } from '../strategy.ts';
import { nameIsDnsSubdomain } from '../validation.ts';

const ENFORCE_MOUNTABLE = 'kubernetes.io/enforce-mountable-secrets';

type SecretReference = NonNullable<ServiceAccount['secrets']>[number];

/** Only the names of the secrets are kept. */
const cleaned = (account: ServiceAccount): ServiceAccount =>
  changeItems(account, 'secrets', (ref: SecretReference) =>
    Object.keys(ref).length === 1 && ref.name ? ref : ref.name ? { name: ref.name } : {},
  );

function warnings(next: ServiceAccount, current?: ServiceAccount): readonly string[] {
  if (!next.metadata.annotations?.[ENFORCE_MOUNTABLE] || current?.metadata.annotations?.[ENFORCE_MOUNTABLE]) return [];
  return [
    `metadata.annotations[${ENFORCE_MOUNTABLE}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
  ];
}

/** @fidelity full */
export const serviceAccountStrategy: Strategy<ServiceAccount> = {
  resource: serviceAccounts,
  shortNames: ['sa'],
  validateName: nameIsDnsSubdomain,
  prepareForCreate: cleaned,
  prepareForUpdate: cleaned,
  validate: () => [],
  validateUpdate: () => [],
  warnings,
  allowUnconditionalUpdate: true,
  columns: [nameColumn, ageColumn],
};
