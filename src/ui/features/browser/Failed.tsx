import { Button } from '../../design/index.ts';
import type { Failure, Loaded } from './load.ts';
import type { BrowserSay } from './words/words.ts';

type FailedLoad = Extract<Loaded, { failed: unknown }>;

interface FailedProps {
  readonly say: BrowserSay;
  readonly failure: FailedLoad;
  readonly onRetry: () => void;
  readonly onTrust: () => void;
}

/** Chromium's names. */
const CODES: { readonly [failure in Failure]: string } = {
  ECONNREFUSED: 'ERR_CONNECTION_REFUSED',
  ECONNRESET: 'ERR_CONNECTION_RESET',
  ETIMEDOUT: 'ERR_CONNECTION_TIMED_OUT',
  EHOSTUNREACH: 'ERR_ADDRESS_UNREACHABLE',
  ENOTFOUND: 'ERR_NAME_NOT_RESOLVED',
  EADDRINUSE: 'ERR_ADDRESS_IN_USE',
  certificate: 'NET::ERR_CERT_AUTHORITY_INVALID',
  redirects: 'ERR_TOO_MANY_REDIRECTS',
  address: 'ERR_UNSAFE_REDIRECT',
};

const TEXTS = {
  ECONNREFUSED: ['refused', 'refusedHint'],
  ECONNRESET: ['reset', 'resetHint'],
  ETIMEDOUT: ['timeout', 'timeoutHint'],
  EHOSTUNREACH: ['unreachable', 'unreachableHint'],
  ENOTFOUND: ['name', 'nameHint'],
  EADDRINUSE: ['refused', undefined],
  certificate: ['certificateText', undefined],
  redirects: ['redirects', undefined],
  address: ['badRedirect', undefined],
} as const;

/** Why there is no page, as a browser says it, and what it means on a cluster. */
export function Failed({ say, failure: { url, failed, message }, onRetry, onTrust }: FailedProps) {
  const [text, hint] = TEXTS[failed];
  const host = new URL(url).host;
  return (
    <div className="browser-failed" role="alert">
      <h3>{say(failed === 'certificate' ? 'certificate' : 'cannotReach')}</h3>
      <p>{say(text, { host, message })}</p>
      {hint && <p className="quiet">{say(hint)}</p>}
      <p className="mono quiet">
        {CODES[failed]}
        {message && failed !== 'address' && <span className="browser-said"> · {message}</span>}
      </p>
      <div className="browser-actions">
        {failed === 'certificate' ? (
          <Button onClick={onTrust}>{say('proceed', { host })}</Button>
        ) : (
          <Button look="main" onClick={onRetry}>
            {say('tryAgain')}
          </Button>
        )}
      </div>
    </div>
  );
}
