/** An Ingress without a class gets the default one. @upstream plugin/pkg/admission/network/defaultingressclass/admission.go */
import { type Ingress, type IngressClass, ingressClasses, ingresses } from '#engine/api';
import type { KubeObject } from '#engine/apimachinery';
import type { Stores } from '../endpoints/endpoint.ts';
import type { AdmissionPlugin } from './admission.ts';

const DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';
const OLD_ANNOTATION = 'kubernetes.io/ingress.class';

/** @fidelity full */
export const defaultIngressClass = (stores: Stores): AdmissionPlugin => ({
  name: 'DefaultIngressClass',
  admit({ resource, subresource, operation, object }) {
    const concerns = resource.group === ingresses.group && resource.plural === ingresses.plural && subresource === '';
    if (!concerns || operation !== 'CREATE') return object;
    const ingress = object as Ingress;
    if (ingress.spec?.ingressClassName !== undefined) return object;
    if (ingress.metadata.annotations?.[OLD_ANNOTATION] !== undefined) return object;
    const name = defaultOf(
      stores
        .of(ingressClasses)
        .storage.list()
        .map(({ value }) => value),
    );
    return name === undefined
      ? object
      : ({ ...ingress, spec: { ...ingress.spec, ingressClassName: name } } as KubeObject);
  },
});

/** The newest of those marked as default, by name among equals. */
const defaultOf = (classes: readonly IngressClass[]): string | undefined =>
  newestFirst(classes.filter(({ metadata }) => metadata.annotations?.[DEFAULT_CLASS] === 'true'))[0]?.metadata.name;

/** In the order in which upstream prefers one of several defaults. */
export function newestFirst<T extends KubeObject>(objects: readonly T[]): readonly T[] {
  const created = ({ metadata }: T) => metadata.creationTimestamp ?? '';
  return [...objects].sort((a, b) =>
    created(a) === created(b) ? (a.metadata.name < b.metadata.name ? -1 : 1) : created(a) > created(b) ? -1 : 1,
  );
}
