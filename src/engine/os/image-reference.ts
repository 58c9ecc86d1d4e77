/** Names of images: `nginx` is `docker.io/library/nginx:latest`. */

export interface ImageReference {
  readonly domain: string;
  /** `library/nginx` */
  readonly path: string;
  /** `docker.io/library/nginx` */
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** `message` is upstream's: `invalid reference format`, … */
export class InvalidReference extends Error {
  override readonly name = 'InvalidReference';
}

const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const DOMAIN =
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;

/**
 * Parses a familiar name. Without tag and digest the tag is `latest`. Throws InvalidReference.
 * @upstream distribution/reference normalize.go
 * @fidelity full
 */
export function normalizeReference(reference: string): ImageReference {
  if (reference === '') throw new InvalidReference('invalid reference format');
  if (/^[a-f0-9]{64}$/.test(reference)) {
    throw new InvalidReference(`invalid repository name (${reference}), cannot specify 64-byte hexadecimal strings`);
  }
  const { domain, remainder } = splitDomain(reference);
  const at = remainder.indexOf('@');
  const digest = at < 0 ? undefined : remainder.slice(at + 1);
  const tagged = at < 0 ? remainder : remainder.slice(0, at);
  const colon = tagged.indexOf(':');
  const path = colon < 0 ? tagged : tagged.slice(0, colon);
  const tag = colon < 0 ? undefined : tagged.slice(colon + 1);
  if (path.toLowerCase() !== path) {
    throw new InvalidReference(`invalid reference format: repository name (${path}) must be lowercase`);
  }
  const valid = path.split('/').every((part) => COMPONENT.test(part)) && DOMAIN.test(domain);
  if (!valid || (tag !== undefined && !TAG.test(tag)) || (digest !== undefined && !DIGEST.test(digest))) {
    throw new InvalidReference('invalid reference format');
  }
  const name = `${domain}/${path}`;
  if (name.length > 255) throw new InvalidReference('repository name must not be more than 255 characters');
  return {
    domain,
    path,
    name,
    ...(digest === undefined ? { tag: tag ?? 'latest' } : tag !== undefined && { tag }),
    ...(digest !== undefined && { digest }),
  };
}

/** `docker.io/library/nginx:1.27`, with `@sha256:…` when there is a digest. */
export const formatReference = (reference: ImageReference): string =>
  `${reference.name}${reference.tag === undefined ? '' : `:${reference.tag}`}${reference.digest === undefined ? '' : `@${reference.digest}`}`;

function splitDomain(name: string): { domain: string; remainder: string } {
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const isDomain = slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  let domain = isDomain ? first : 'docker.io';
  let remainder = isDomain ? name.slice(slash + 1) : name;
  if (domain === 'index.docker.io') domain = 'docker.io';
  if (domain === 'docker.io' && !remainder.includes('/')) remainder = `library/${remainder}`;
  return { domain, remainder };
}
