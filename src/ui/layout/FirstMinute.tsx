import { useClusterState } from '../cluster/index.ts';
import { Button } from '../design/index.ts';
import { typeInTerminal, update, useSession, useWords } from '../session/index.ts';

const COMMAND = 'kubectl create deployment web --image=nginx --replicas=3';

/** One obvious thing to do, until it is done or waved away. */
export function FirstMinute() {
  const say = useWords();
  const { state } = useClusterState();
  const done = useSession((session) => session.firstMinuteDone);
  if (done || state !== 'ready') return null;
  const act = () => {
    update({ firstMinuteDone: true, namespace: '', resource: '/pods' });
    typeInTerminal(COMMAND);
  };
  return (
    <section className="first-minute" aria-label={say('firstTitle')}>
      <div>
        <h2>{say('firstTitle')}</h2>
        <p className="quiet">{say('firstText')}</p>
      </div>
      <div className="first-actions">
        <Button look="main" title={`$ ${COMMAND}`} onClick={act}>
          {say('firstAction')}
        </Button>
        <Button look="plain" onClick={() => update({ firstMinuteDone: true })}>
          {say('dismiss')}
        </Button>
      </div>
    </section>
  );
}
