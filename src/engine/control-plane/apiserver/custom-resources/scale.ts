/** The scale of custom resources: paths instead of fields. @upstream staging/src/k8s.io/apiextensions-apiserver/pkg/registry/customresource/etcd.go */
import { type FieldError, fieldErrors, type KubeObject, statusErrors } from '#engine/apimachinery';
import type { ScaleStrategy } from '../registry/strategy.ts';
import { AccessorError, nestedInteger, nestedString, withNested } from './paths.ts';
import type { Version } from './schema-props.ts';

export type ScalePaths = NonNullable<NonNullable<Version['subresources']>['scale']>;

const MAX_INT32 = 2 ** 31 - 1;

/** How a Scale is read off an object and written back. */
export const scaleStrategy = (paths: ScalePaths): ScaleStrategy<KubeObject> => ({
  get(object) {
    const specReplicas = nestedInteger(object, paths.specReplicasPath);
    if (specReplicas === undefined)
      throw statusErrors.internal(`the spec replicas field ${JSON.stringify(paths.specReplicasPath)} does not exist`);
    const selector = paths.labelSelectorPath ? nestedString(object, paths.labelSelectorPath) : undefined;
    return {
      specReplicas,
      statusReplicas: nestedInteger(object, paths.statusReplicasPath) ?? 0,
      selector: selector ?? '',
    };
  },
  set: (object, replicas) => withNested(object, paths.specReplicasPath, replicas),
});

function countFaults(object: KubeObject, path: string): readonly FieldError[] {
  try {
    const count = nestedInteger(object, path) ?? 0;
    if (count < 0) return [fieldErrors.invalid(path, count, 'should be a non-negative integer')];
    if (count > MAX_INT32) return [fieldErrors.invalid(path, count, `should be less than or equal to ${MAX_INT32}`)];
    return [];
  } catch (error) {
    if (error instanceof AccessorError) return [fieldErrors.invalid(path, 0, error.message)];
    throw error;
  }
}

export const specScaleFaults = (object: KubeObject, paths: ScalePaths | undefined): readonly FieldError[] =>
  paths ? countFaults(object, paths.specReplicasPath) : [];

export function statusScaleFaults(object: KubeObject, paths: ScalePaths | undefined): readonly FieldError[] {
  if (!paths) return [];
  const faults = countFaults(object, paths.statusReplicasPath);
  const { labelSelectorPath } = paths;
  if (!labelSelectorPath) return faults;
  try {
    nestedString(object, labelSelectorPath);
    return faults;
  } catch (error) {
    if (error instanceof AccessorError) return [...faults, fieldErrors.invalid(labelSelectorPath, '', error.message)];
    throw error;
  }
}
