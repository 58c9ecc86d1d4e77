import { Button } from '../../design/index.ts';
import type { Finding } from './secrets.ts';
import { useShareWords } from './words/use-words.ts';

const WORD = { object: 'secretObject', typed: 'secretTyped', request: 'secretRequest' } as const;

/** What whoever has the link could read; nothing is made before it has been seen. */
export function Secrets({
  findings,
  onAccept,
}: {
  readonly findings: readonly Finding[];
  readonly onAccept: () => void;
}) {
  const say = useShareWords();
  return (
    <section className="share-secrets" role="alert" aria-label={say('secretsTitle')}>
      <h3>{say('secretsTitle')}</h3>
      <p>{say('secretsText')}</p>
      <ul>
        {findings.map(({ kind, text }) => (
          <li key={`${kind} ${text}`}>
            <span className="badge">{say(WORD[kind])}</span> <code>{text}</code>
          </li>
        ))}
      </ul>
      <Button look="danger" onClick={onAccept}>
        {say('secretsAccept')}
      </Button>
    </section>
  );
}
