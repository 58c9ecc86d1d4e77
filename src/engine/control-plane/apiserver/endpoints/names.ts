/** The name and namespace of an object against those of the path. */
import { type KubeObject, statusErrors } from '#engine/apimachinery';

/** Throws 400 when the object is not the one of the path. @upstream handlers/rest.go checkName */
export function checkName({ metadata }: KubeObject, name: string, namespace: string): void {
  if (!metadata.name) {
    throw statusErrors.badRequest(
      `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
    );
  }
  if (metadata.name !== name) {
    throw statusErrors.badRequest(
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
  }
  if (namespace && metadata.namespace && metadata.namespace !== namespace) {
    throw statusErrors.badRequest(
      `the namespace of the object (${metadata.namespace}) does not match the namespace on the request (${namespace})`,
    );
  }
}

/** The namespace of an object is the one of the path. Throws 400 when it says another. */
export function ensureNamespace(object: KubeObject, namespace: string): void {
  const given = object.metadata.namespace;
  if (given && namespace && given !== namespace) {
    throw statusErrors.badRequest(
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
}

export function inNamespace(object: KubeObject, namespace: string): KubeObject {
  if (!namespace || object.metadata.namespace === namespace) return object;
  return { ...object, metadata: { ...object.metadata, namespace } };
}
