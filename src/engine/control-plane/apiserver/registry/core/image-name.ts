/**
 * What an image's name says: `registry/repository:tag@digest`.
 * @upstream pkg/util/parsers/parsers.go
 */

/** `latest` when neither tag nor digest is given; empty for a digest alone. */
function imageTag(image: string): string {
  const at = image.indexOf('@');
  const name = at < 0 ? image : image.slice(0, at);
  const colon = name.lastIndexOf(':');
  if (colon > name.lastIndexOf('/')) return name.slice(colon + 1);
  return at < 0 ? 'latest' : '';
}

const REFERENCE =
  /^(?:(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?$/;

const policies = new Map<string, string>();

/** Always for `latest`, IfNotPresent otherwise; a name that cannot be read has no tag and counts as otherwise. */
export function defaultPullPolicy(image: string): string {
  let policy = policies.get(image);
  if (policy === undefined) {
    policy = REFERENCE.test(image) && imageTag(image) === 'latest' ? 'Always' : 'IfNotPresent';
    if (policies.size > 1000) policies.clear();
    policies.set(image, policy);
  }
  return policy;
}
